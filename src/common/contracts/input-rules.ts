import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Matches, ValidateBy, ValidateIf, type ValidationOptions } from 'class-validator';
import { MAX_EMAIL_LENGTH, normalizeEmail } from '../values/email-address.js';
import { opaquePassword } from '../values/password-text.js';
import { hasLength } from '../values/text-length.js';
import { parseTimestamp, TIMESTAMP_RULE } from '../values/timestamps.js';

/** May be absent but not null, for fields that cannot be cleared. (`@IsOptional()` accepts null.) */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export const LowerCased = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toLowerCase() : value));

/**
 * A rule for a string property; other types fail it. @param constraints the bounds, for readers of the class metadata.
 */
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

/** Text of `min` to `max` characters, counted in code points as PostgreSQL does. */
export const HasLength = (min: number, max: number, options?: ValidationOptions): PropertyDecorator =>
  textRule('isLength', `must have ${min} to ${max} characters`, (text) => hasLength(text, min, max), options, [
    min,
    max,
  ]);

/** Like `HasLength`, without a minimum. */
export const HasMaxLength = (max: number, options?: ValidationOptions): PropertyDecorator =>
  textRule('maxLength', `must have at most ${max} characters`, (text) => hasLength(text, 0, max), options, [max]);

/**
 * A deliverable email address of at most 255 characters, normalized (see `normalizeEmail`), since other spellings
 * reach the same mailbox.
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

/** Normalizes an address; leaves any other value unchanged, for `IsEmailAddress` to reject. */
export function emailOf(value: unknown): unknown {
  return typeof value === 'string' ? (normalizeEmail(value) ?? value) : value;
}

/** No control characters and no Unicode line or paragraph separators. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

/** Text of 1 to `max` characters after trimming, without line breaks or other control characters. */
export const IsOneLine = (max: number): PropertyDecorator =>
  applyDecorators(
    Trimmed(),
    HasLength(1, max),
    Matches(ONE_LINE, { message: '$property must not contain line breaks or control characters' }),
  );

/** An RFC 3339 timestamp; see `parseTimestamp`. */
export const IsTimestamp = (options?: ValidationOptions): PropertyDecorator =>
  textRule('isTimestamp', `must be ${TIMESTAMP_RULE}`, (text) => parseTimestamp(text) !== undefined, options);

/** Length of a new password, in characters. */
export const NEW_PASSWORD = { min: 12, max: 128 } as const;

/** A new password: 12 to 128 characters in the form that is hashed; no composition rules. */
export const IsNewPassword = (): PropertyDecorator =>
  applyDecorators(
    IsString(),
    textRule(
      'isLength',
      `must have ${NEW_PASSWORD.min} to ${NEW_PASSWORD.max} characters`,
      // NFC shortens text to a quarter at most, so longer input cannot be valid. This also bounds the cost of
      // normalizing.
      (text) =>
        text.length <= 8 * NEW_PASSWORD.max && hasLength(opaquePassword(text), NEW_PASSWORD.min, NEW_PASSWORD.max),
    ),
  );
