import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Matches, ValidateBy, ValidateIf, type ValidationOptions } from 'class-validator';
import { MAX_EMAIL_LENGTH, normalizeEmail } from '../values/email-address.js';
import { opaquePassword } from '../values/password-text.js';
import { hasLength } from '../values/text-length.js';
import { parseTimestamp, TIMESTAMP_RULE } from '../values/timestamps.js';

/** May be absent, but not null: there is no value to clear it to. (`@IsOptional()` lets null pass.) */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export const LowerCased = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toLowerCase() : value));

/** A property rule for texts; everything else breaks it. @param constraints the bounds, for whoever reads the rules of a class. */
const textRule = (
  name: string,
  problem: string,
  fits: (text: string) => boolean,
  options?: ValidationOptions,
  constraints?: number[],
): PropertyDecorator =>
  ValidateBy(
    {
      name,
      constraints,
      validator: {
        validate: (value) => typeof value === 'string' && fits(value),
        defaultMessage: (given) => `${options?.each ? 'each value in ' : ''}${given?.property} ${problem}`,
      },
    },
    options,
  );

/** A text of `min` to `max` characters, counted in code points as PostgreSQL does. */
export const HasLength = (min: number, max: number, options?: ValidationOptions): PropertyDecorator =>
  textRule('isLength', `must have ${min} to ${max} characters`, (text) => hasLength(text, min, max), options, [
    min,
    max,
  ]);

/** As `HasLength` without a minimum. */
export const HasMaxLength = (max: number, options?: ValidationOptions): PropertyDecorator =>
  textRule('maxLength', `must have at most ${max} characters`, (text) => hasLength(text, 0, max), options, [max]);

/**
 * An address that mail reaches as it stands, at most 255 characters long; taken in its one spelling (see `normalizeEmail`), for
 * other spellings are the same mailbox.
 */
export const IsEmailAddress = (options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      options?.each && Array.isArray(value) ? (value as unknown[]).map(emailOf) : emailOf(value),
    ),
    textRule(
      'isEmail',
      `must be an email address of at most ${MAX_EMAIL_LENGTH} characters, without quotes and spaces`,
      (text) => normalizeEmail(text) === text,
      options,
    ),
  );

/** The one spelling of what is an address; everything else as it is, for `IsEmailAddress` to refuse. */
export function emailOf(value: unknown): unknown {
  return typeof value === 'string' ? (normalizeEmail(value) ?? value) : value;
}

/** No control characters, and none of Unicode's other line breaks. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

/** Text without line breaks and other control characters, of 1 to `max` characters after trimming. */
export const IsOneLine = (max: number): PropertyDecorator =>
  applyDecorators(
    Trimmed(),
    HasLength(1, max),
    Matches(ONE_LINE, { message: '$property must not contain line breaks or control characters' }),
  );

/** A moment of RFC 3339, see `parseTimestamp`. */
export const IsTimestamp = (options?: ValidationOptions): PropertyDecorator =>
  textRule('isTimestamp', `must be ${TIMESTAMP_RULE}`, (text) => parseTimestamp(text) !== undefined, options);

/** How many characters a new password has. */
export const NEW_PASSWORD = { min: 12, max: 128 } as const;

/** A password that is being chosen: 12 to 128 characters in the form that is hashed, no composition rules. */
export const IsNewPassword = (): PropertyDecorator =>
  applyDecorators(
    IsString(),
    textRule(
      'isLength',
      `must have ${NEW_PASSWORD.min} to ${NEW_PASSWORD.max} characters`,
      // NFC shortens a text to a quarter at the most: what is longer was no password to begin with.
      (text) =>
        text.length <= 8 * NEW_PASSWORD.max && hasLength(opaquePassword(text), NEW_PASSWORD.min, NEW_PASSWORD.max),
    ),
  );
