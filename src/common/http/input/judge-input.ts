import type { Type } from '@nestjs/common';
import type { InputProblem } from '../../errors/app-error.js';
import type { InputKind } from '../input-problems.js';
import type { Check } from './checks.js';
import { messageOf } from './checks.js';
import { type ClassRules, type PropertyRules, rulesOf } from './class-rules.js';
import { ProblemList } from './problem-list.js';

/** A text longer than this and longer than allowed is checked by no other rule, since some rules are slow. */
const LONG_TEXT = 10_000;

type Fields = Record<string, unknown>;

/**
 * Creates an instance of a DTO class from input and reports its problems. Equivalent to class-transformer and
 * class-validator, but in linear time with a small constant. Unknown properties, lists that are too long, and
 * everything after the first hundred problems are not inspected; data without a class of its own is taken unchanged.
 */
export function judgeInput(
  type: Type<object>,
  input: unknown,
  kind: InputKind,
): { instance: object } | { problems: InputProblem[] } {
  const problems = new ProblemList(kind);
  const given = input ?? {};
  if (!isObject(given)) {
    problems.add('', 'isObject', 'Validation failed (object is expected)');
    return { problems: problems.list };
  }
  const rules = rulesOf(type);
  const instance = instanceOf(rules, given);
  judgeObject(rules, given, instance, problems);
  return problems.list.length > 0 ? { problems: problems.list } : { instance };
}

function instanceOf(rules: ClassRules, given: Fields): Fields {
  const instance = new rules.type() as Fields;
  for (const property of rules.properties.values()) {
    const { name, transforms, nested } = property;
    if (!Object.hasOwn(given, name)) continue;
    let value = nested ? nestedInstances(property, nested.rules(), given[name]) : given[name];
    for (const transform of transforms) {
      value = transform({ value, key: name, obj: given, type: PLAIN_TO_CLASS, options: {} });
    }
    instance[name] = value;
  }
  return instance;
}

const PLAIN_TO_CLASS = 0;

function nestedInstances({ maxItems }: PropertyRules, rules: ClassRules, value: unknown): unknown {
  if (maxItems === undefined) return isObject(value) ? instanceOf(rules, value) : value;
  if (!Array.isArray(value) || value.length > maxItems) return value;
  return value.map((item: unknown) => (isObject(item) ? instanceOf(rules, item) : item));
}

function judgeObject(rules: ClassRules, given: Fields, instance: Fields, problems: ProblemList): void {
  for (const key of Object.keys(given)) {
    if (problems.isFull) return;
    if (!rules.properties.has(key)) problems.addUnknown(key);
  }
  for (const property of rules.properties.values()) {
    if (problems.isFull) return;
    judgeProperty(property, given[property.name], instance, problems);
  }
}

function judgeProperty(property: PropertyRules, given: unknown, instance: Fields, problems: ProblemList): void {
  const { name, conditions, nested } = property;
  const value = instance[name];
  for (const condition of conditions) if (!condition(instance, value)) return;
  const failed = failedChecks(property, instance, value);
  const misfit = nested !== undefined && value !== undefined && !fits(property, value);
  if (value === undefined && failed.size > 0) {
    problems.addRequired(name);
    return;
  }
  for (const check of failed.values()) problems.add(name, check.name, check.messageFor(instance, value));
  if (!nested || value === undefined) return;
  if (misfit) {
    // Other rules have already reported a list in place of an object, or the reverse.
    if (failed.size === 0 || typeof value !== 'object' || value === null)
      problems.add(name, 'nestedValidation', nestedMessage(nested, name, instance, value));
  } else if (Array.isArray(value)) {
    if (value.length <= property.maxItems!) {
      problems.within(name, () => judgeItems(property, given as unknown[], value, problems));
    }
  } else {
    problems.within(name, () => judgeObject(nested.rules(), given as Fields, value as Fields, problems));
  }
}

/** Keyed by name: of two rules with the same name the last one is reported. */
function failedChecks(property: PropertyRules, instance: Fields, value: unknown): Map<string, Check> {
  const failed = new Map<string, Check>();
  const only = bounding(property, value);
  for (const check of property.checks) {
    if ((only === undefined || only.includes(check.name)) && !check.holds(instance, value))
      failed.set(check.name, check);
  }
  return failed;
}

/** The only rules to check when a value is far too large for the others. */
function bounding({ maxItems, maxLength }: PropertyRules, value: unknown): string[] | undefined {
  if (Array.isArray(value)) return maxItems !== undefined && value.length > maxItems ? ['arrayMaxSize'] : undefined;
  if (typeof value !== 'string' || maxLength === undefined) return undefined;
  return value.length > Math.max(LONG_TEXT, 2 * maxLength) ? ['maxLength', 'isLength'] : undefined;
}

function judgeItems(property: PropertyRules, given: unknown[], items: unknown[], problems: ProblemList): void {
  const nested = property.nested!;
  for (let index = 0; index < items.length && !problems.isFull; index += 1) {
    const item = items[index];
    if (item === undefined) continue;
    if (isObject(item)) {
      problems.within(index, () => judgeObject(nested.rules(), given[index] as Fields, item, problems));
    } else {
      problems.add(String(index), 'nestedValidation', nestedMessage(nested, String(index), items, item));
    }
  }
}

function fits({ maxItems }: PropertyRules, value: unknown): boolean {
  return maxItems === undefined ? isObject(value) : Array.isArray(value);
}

function nestedMessage(
  { metadata }: NonNullable<PropertyRules['nested']>,
  property: string,
  object: object,
  value: unknown,
): string {
  const { constraints, propertyName } = metadata;
  const targetName = object.constructor.name;
  return messageOf(metadata, { targetName, property: propertyName || property, object, value, constraints }, () => '');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
