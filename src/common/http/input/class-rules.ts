import type { Type } from '@nestjs/common';
import { TransformationType, type TransformFnParams } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { type Check, type RuleMetadata, toChecks } from './checks.js';

type Transform = (params: TransformFnParams) => unknown;
type Condition = (object: object, value: unknown) => boolean;

/** The rules of one property of a class, prepared for repeated use. */
export interface PropertyRules {
  readonly name: string;
  readonly transforms: readonly Transform[];
  /** All must hold, otherwise the property is not validated (`@IsOptional`, `@ValidateIf`). */
  readonly conditions: readonly Condition[];
  readonly checks: readonly Check[];
  /** Maximum length of a list (`@ArrayMaxSize`); longer lists are not inspected. */
  readonly maxItems?: number;
  /** Maximum length of a text in characters, each one or two UTF-16 units. */
  readonly maxLength?: number;
  /** Rules of the nested object or of the list items (`@ValidateNested` and `@Type`). */
  readonly nested?: { readonly metadata: RuleMetadata; rules(): ClassRules };
}

/** The input rules of a DTO class, read once from its class-validator and class-transformer decorators. */
export interface ClassRules {
  readonly type: Type<object>;
  readonly properties: ReadonlyMap<string, PropertyRules>;
}

const known = new Map<Type<object>, ClassRules>();

/** @throws TypeError for a class that accepts unbounded input or uses an unsupported decorator. */
export function rulesOf(type: Type<object>): ClassRules {
  let rules = known.get(type);
  if (!rules) known.set(type, (rules = readRules(type)));
  return rules;
}

function readRules(type: Type<object>): ClassRules {
  const byName = new Map<string, RuleMetadata[]>();
  for (const metadata of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    byName.set(metadata.propertyName, [...(byName.get(metadata.propertyName) ?? []), metadata]);
  }
  if (defaultMetadataStorage.getStrategy(type) !== 'none') throw unsupported(type, '', '@Exclude and @Expose');
  const properties = [...byName].map(([name, metadata]) => [name, readProperty(type, name, metadata)] as const);
  return { type, properties: new Map(properties) };
}

function readProperty(type: Type<object>, name: string, all: RuleMetadata[]): PropertyRules {
  const ofType = (wanted: string): RuleMetadata[] => all.filter((metadata) => metadata.type === wanted);
  const checks = [
    ...toChecks(ofType(ValidationTypes.IS_DEFINED)),
    ...toChecks(ofType(ValidationTypes.CUSTOM_VALIDATION)),
  ];
  if (checks.some(({ isAsync }) => isAsync)) throw unsupported(type, name, 'An asynchronous rule');
  const property: PropertyRules = {
    name,
    transforms: defaultMetadataStorage
      .findTransformMetadatas(type, name, TransformationType.PLAIN_TO_CLASS)
      .map(({ transformFn }) => transformFn as Transform),
    conditions: ofType(ValidationTypes.CONDITIONAL_VALIDATION).map(({ constraints }) => constraints[0] as Condition),
    checks,
    maxItems: smallest(checks, { arrayMaxSize: 0 }),
    maxLength: smallest(checks, { maxLength: 0, isLength: 1 }),
    nested: nestedOf(type, name, ofType(ValidationTypes.NESTED_VALIDATION)[0]),
  };
  assertBounded(type, property);
  return property;
}

function nestedOf(type: Type<object>, name: string, metadata: RuleMetadata | undefined): PropertyRules['nested'] {
  const declared = defaultMetadataStorage.findTypeMetadata(type, name);
  if (!metadata && !declared) return undefined;
  if (!metadata || !declared) throw unsupported(type, name, '@ValidateNested and @Type without the other');
  return {
    metadata,
    rules: () => rulesOf(declared.typeFunction() as Type<object>),
  };
}

/** A list without a maximum length would be transformed and validated as a whole, however long it is. */
function assertBounded(type: Type<object>, { name, checks, maxItems, nested, transforms }: PropertyRules): void {
  const holdsList =
    Reflect.getMetadata('design:type', type.prototype as object, name) === Array ||
    checks.some(({ name: check, metadata }) => metadata.each || check === 'isArray');
  if (holdsList && maxItems === undefined) throw unsupported(type, name, 'A list without @ArrayMaxSize');
  if (nested && transforms.length > 0) throw unsupported(type, name, '@Transform of an object');
}

/** @param places index of the maximum in each rule's constraints. */
function smallest(checks: readonly Check[], places: Record<string, number>): number | undefined {
  const bounds = checks
    .filter(({ name, metadata }) => Object.hasOwn(places, name) && !metadata.each)
    .map(({ name, metadata }) => (metadata.constraints as unknown[] | undefined)?.[places[name]!])
    .filter((bound) => typeof bound === 'number');
  return bounds.length > 0 ? Math.min(...bounds) : undefined;
}

function unsupported(type: Type<object>, property: string, what: string): TypeError {
  return new TypeError(`${what} is not supported in a class of input: ${type.name}${property && `.${property}`}.`);
}
