import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ANY_JSON, IsFreeJsonObject } from '../json/json-object.js';
import { MAX_EMAIL_LENGTH } from '../values/email-address.js';
import {
  HasLength,
  HasMaxLength,
  IsEmailAddress,
  IsNewPassword,
  IsOneLine,
  IsTimestamp,
  LowerCased,
  MayBeAbsent,
  NEW_PASSWORD,
} from './input-rules.js';

/** Options of every field. */
export interface FieldOptions {
  /** A sentence. Fields that mean the same everywhere need none, see `openapi/field-texts.ts`. */
  readonly description?: string;
  readonly example?: unknown;
  /** For the documentation. The class sets it where input is to have it. */
  readonly default?: unknown;
  /** May be absent. */
  readonly optional?: boolean;
  /** May be null. */
  readonly nullable?: boolean;
  readonly writeOnly?: boolean;
}

/** The length of a text in code points, as PostgreSQL counts. */
interface TextOptions extends FieldOptions {
  readonly min?: number;
  /** Without it the field is for answers alone: as a field of input it would be an unknown one. */
  readonly max?: number;
  readonly format?: string;
}

interface NumberOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
}

interface ListOptions extends FieldOptions {
  readonly min?: number;
  /** The highest number of items. Without it the field is for answers alone: as a field of input it would be an unknown one. */
  readonly max?: number;
  readonly unique?: boolean;
}

/**
 * A field of a DTO in one call: its place in the API description and its rules. The fields below are made of it, and so are those of
 * modules with rules of their own. The rules hold for values that are there: absence and null are what the options say.
 * @param rules in the order in which they would be written above the property; none for answers.
 */
export function ruledField(
  shape: ApiPropertyOptions,
  { optional = false, nullable = false, ...texts }: FieldOptions,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  const described = ApiProperty({
    ...shape,
    ...texts,
    required: !optional,
    ...(nullable && { nullable }),
  } as ApiPropertyOptions);
  if (rules.length === 0) return described;
  return applyDecorators(...rules.reverse(), ...absence(optional, nullable), described);
}

function absence(optional: boolean, nullable: boolean): PropertyDecorator[] {
  if (optional) return [nullable ? IsOptional() : MayBeAbsent()];
  return nullable ? [ValidateIf((_, value) => value !== null)] : [];
}

/** A text of any kind, with line breaks and all. */
export const TextField = ({ min, max, format, ...options }: TextOptions = {}): PropertyDecorator => {
  const shape = { type: String, format, minLength: min, maxLength: max };
  if (max === undefined) return ruledField(shape, options);
  return ruledField(shape, options, IsString(), min === undefined ? HasMaxLength(max) : HasLength(min, max));
};

/** A trimmed text of one line, not empty: a name, a title. */
export const LineField = ({ max, ...options }: FieldOptions & { max: number }): PropertyDecorator =>
  ruledField({ type: String, minLength: 1, maxLength: max }, options, IsOneLine(max));

/** A text of a form. @param max needed where the form does not bound the length. @param lowerCased trims it and takes it in lower case. */
export const PatternField = (
  pattern: RegExp,
  { max, lowerCased = false, ...options }: FieldOptions & { max?: number; lowerCased?: boolean } = {},
): PropertyDecorator =>
  ruledField(
    { type: String, maxLength: max, ...(!lowerCased && { pattern: pattern.source }) },
    options,
    ...(lowerCased ? [LowerCased()] : []),
    Matches(pattern),
    ...(max === undefined ? [] : [HasMaxLength(max)]),
  );

/** An address that mail reaches, taken in its one spelling. */
export const EmailField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: String, format: 'email', maxLength: MAX_EMAIL_LENGTH }, options, IsEmailAddress());

/** A password that is being chosen. */
export const NewPasswordField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField(
    { type: String, format: 'password', minLength: NEW_PASSWORD.min, maxLength: NEW_PASSWORD.max },
    { example: 'correct horse battery', ...options },
    IsNewPassword(),
  );

/** A UUID, taken in lower case. */
export const UuidField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: String, format: 'uuid' }, options, LowerCased(), IsUUID());

/** A moment, as a text of RFC 3339. */
export const TimestampField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: String, format: 'date-time' }, options, IsTimestamp());

/** One of a few values. */
export const EnumField = (values: readonly unknown[], options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ enum: values as unknown[] }, options, IsIn(values));

export const BooleanField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: Boolean }, options, IsBoolean());

/** A whole number. Without `max` the field is for answers alone: as a field of input it would be an unknown one. */
export const IntegerField = ({ min, max, ...options }: NumberOptions = {}): PropertyDecorator => {
  const shape: ApiPropertyOptions = { type: 'integer', minimum: min, maximum: max };
  return max === undefined ? ruledField(shape, options) : ruledField(shape, options, IsInt(), ...bounds(min, max));
};

/** A number, which need not be whole. */
export const NumberField = ({ min, max, ...options }: NumberOptions = {}): PropertyDecorator =>
  ruledField({ type: Number, minimum: min, maximum: max }, options, IsNumber(), ...bounds(min, max));

function bounds(min: number | undefined, max: number | undefined): PropertyDecorator[] {
  return [...(min === undefined ? [] : [Min(min)]), ...(max === undefined ? [] : [Max(max)])];
}

/** An object of any keys and values, of at most 64 KiB and 32 levels. */
export const JsonObjectField = (options: FieldOptions = {}): PropertyDecorator =>
  // Without `additionalProperties` generated clients would take it for an object that has no keys.
  ruledField({ type: 'object', additionalProperties: true }, options, IsFreeJsonObject());

/** Any JSON at all, as large as the body may be. */
export const AnyJsonField = (options: FieldOptions = {}): PropertyDecorator => ruledField(ANY_JSON, options, Allow());

/** An object with a class of its own. */
export const ObjectField = (of: Class<object>, options: FieldOptions = {}): PropertyDecorator =>
  ruledField(
    { type: of },
    options,
    IsObject(),
    ValidateNested(),
    Type(() => of),
  );

/** A list of objects with a class of their own. */
export const ListField = (of: Class<object>, options: ListOptions = {}): PropertyDecorator =>
  listField(
    { type: [of] },
    options,
    // Without it what is no object in the list would be passed on as it is.
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(() => of),
  );

/** A list of texts. For input, with the form of each, which bounds its length. */
export const TextListField = (
  options: (ListOptions & { max?: undefined }) | (ListOptions & { pattern: RegExp }) = {},
): PropertyDecorator => {
  const { pattern, ...others } = { pattern: undefined, ...options };
  return listField({ type: [String] }, others, ...(pattern ? [Matches(pattern, { each: true })] : []));
};

/** A list of a few values. */
export const EnumListField = (values: readonly unknown[], options: ListOptions = {}): PropertyDecorator =>
  listField({ enum: values as unknown[], isArray: true }, options, IsIn(values, { each: true }));

/** A list of UUIDs, each as it was sent. */
export const UuidListField = (options: ListOptions = {}): PropertyDecorator =>
  listField({ type: [String], format: 'uuid' }, options, IsUUID(undefined, { each: true }));

function listField(
  shape: ApiPropertyOptions,
  { min, max, unique, ...options }: ListOptions,
  ...items: PropertyDecorator[]
): PropertyDecorator {
  const bounded = { ...shape, minItems: min, maxItems: max, uniqueItems: unique } as ApiPropertyOptions;
  if (max === undefined) return ruledField(bounded, options);
  return ruledField(
    bounded,
    options,
    IsArray(),
    ...(min === undefined ? [] : [ArrayMinSize(min)]),
    ArrayMaxSize(max),
    ...(unique ? [ArrayUnique()] : []),
    ...items,
  );
}
