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

export interface FieldOptions {
  /** A full sentence. Fields that mean the same everywhere need none; see `openapi/field-texts.ts`. */
  readonly description?: string;
  readonly example?: unknown;
  /** For the documentation only; the class itself sets the default of input. */
  readonly default?: unknown;
  /** May be absent. */
  readonly optional?: boolean;
  /** May be null. */
  readonly nullable?: boolean;
  readonly writeOnly?: boolean;
}

/** Lengths are in code points, as PostgreSQL counts them. */
interface TextOptions extends FieldOptions {
  readonly min?: number;
  /** Required for input. Without it the field is for responses only: input with it is refused as an unknown field. */
  readonly max?: number;
  readonly format?: string;
}

interface NumberOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
}

interface ListOptions extends FieldOptions {
  readonly min?: number;
  /**
   * Maximum number of items, required for input. Without it the field is for responses only: input with it is refused
   * as an unknown field.
   */
  readonly max?: number;
  readonly unique?: boolean;
}

/**
 * Declares a field of a DTO in one call: its OpenAPI description and its validation rules. The fields below are built
 * from it, as are those of modules with their own rules. The rules apply to present values; the options decide about
 * absence and null.
 * @param rules in the order in which they would be written above the property; none for responses.
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

/** Text of any kind, including line breaks. */
export const TextField = ({ min, max, format, ...options }: TextOptions = {}): PropertyDecorator => {
  const shape = { type: String, format, minLength: min, maxLength: max };
  if (max === undefined) return ruledField(shape, options);
  return ruledField(shape, options, IsString(), min === undefined ? HasMaxLength(max) : HasLength(min, max));
};

/** Trimmed, non-empty text of one line, such as a name or title. */
export const LineField = ({ max, ...options }: FieldOptions & { max: number }): PropertyDecorator =>
  ruledField({ type: String, minLength: 1, maxLength: max }, options, IsOneLine(max));

/**
 * Text that matches a pattern. @param max required if the pattern does not limit the length. @param lowerCased trims
 * the text and converts it to lower case.
 */
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

/** An email address, normalized. */
export const EmailField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: String, format: 'email', maxLength: MAX_EMAIL_LENGTH }, options, IsEmailAddress());

/** A newly chosen password. */
export const NewPasswordField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField(
    { type: String, format: 'password', minLength: NEW_PASSWORD.min, maxLength: NEW_PASSWORD.max },
    { example: 'correct horse battery', ...options },
    IsNewPassword(),
  );

/** A UUID, converted to lower case. */
export const UuidField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: String, format: 'uuid' }, options, LowerCased(), IsUUID());

/** A moment as RFC 3339 text. */
export const TimestampField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: String, format: 'date-time' }, options, IsTimestamp());

export const EnumField = (values: readonly unknown[], options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ enum: values as unknown[] }, options, IsIn(values));

export const BooleanField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField({ type: Boolean }, options, IsBoolean());

/** A whole number. Without `max` the field is for responses only: input with it is refused as an unknown field. */
export const IntegerField = ({ min, max, ...options }: NumberOptions = {}): PropertyDecorator => {
  const shape: ApiPropertyOptions = { type: 'integer', minimum: min, maximum: max };
  return max === undefined ? ruledField(shape, options) : ruledField(shape, options, IsInt(), ...bounds(min, max));
};

/** A number that need not be whole. */
export const NumberField = ({ min, max, ...options }: NumberOptions = {}): PropertyDecorator =>
  ruledField({ type: Number, minimum: min, maximum: max }, options, IsNumber(), ...bounds(min, max));

function bounds(min: number | undefined, max: number | undefined): PropertyDecorator[] {
  return [...(min === undefined ? [] : [Min(min)]), ...(max === undefined ? [] : [Max(max)])];
}

/** An object with arbitrary keys and values, at most 64 KiB and 32 levels deep. */
export const JsonObjectField = (options: FieldOptions = {}): PropertyDecorator =>
  // Without `additionalProperties`, generated clients would assume an object without keys.
  ruledField({ type: 'object', additionalProperties: true }, options, IsFreeJsonObject());

/** Any JSON value, limited only by the size of the body. */
export const AnyJsonField = (options: FieldOptions = {}): PropertyDecorator => ruledField(ANY_JSON, options, Allow());

/** A nested object with its own DTO class. */
export const ObjectField = (of: Class<object>, options: FieldOptions = {}): PropertyDecorator =>
  ruledField(
    { type: of },
    options,
    IsObject(),
    ValidateNested(),
    Type(() => of),
  );

/** A list of nested objects with their own DTO class. */
export const ListField = (of: Class<object>, options: ListOptions = {}): PropertyDecorator =>
  listField(
    { type: [of] },
    options,
    // Without it, list items that are not objects would be passed through unchanged.
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(() => of),
  );

/** A list of strings. Input needs a pattern for the items, which limits their length. */
export const TextListField = (
  options: (ListOptions & { max?: undefined }) | (ListOptions & { pattern: RegExp }) = {},
): PropertyDecorator => {
  const { pattern, ...others } = { pattern: undefined, ...options };
  return listField({ type: [String] }, others, ...(pattern ? [Matches(pattern, { each: true })] : []));
};

export const EnumListField = (values: readonly unknown[], options: ListOptions = {}): PropertyDecorator =>
  listField({ enum: values as unknown[], isArray: true }, options, IsIn(values, { each: true }));

/** A list of UUIDs, unchanged in case. */
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
