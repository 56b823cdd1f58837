import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, isISO8601, Length, Matches, MaxLength, ValidateBy, ValidateIf } from 'class-validator';

/** May be absent, but not null: there is no value to clear it to. (`@IsOptional()` lets null pass.) */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export const LowerCased = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toLowerCase() : value));

/** At most 255 characters, taken in lower case: other spellings are the same mailbox here. */
export const IsEmailAddress = (): PropertyDecorator => applyDecorators(LowerCased(), IsEmail(), MaxLength(255));

/** Text without line breaks and other control characters, of 1 to `max` characters after trimming. */
export const IsOneLine = (max: number): PropertyDecorator =>
  applyDecorators(
    Trimmed(),
    Length(1, max),
    Matches(/^\P{Cc}*$/u, { message: '$property must not contain line breaks or control characters' }),
  );

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

/** A moment as in RFC 3339, with its offset. ISO 8601 alone would also take weeks, durations and times of no zone. */
export const IsTimestamp = (): PropertyDecorator =>
  ValidateBy({
    name: 'isTimestamp',
    validator: {
      validate: isTimestamp,
      defaultMessage: (given) => `${given?.property} must be a date and time with its offset, as 2030-01-31T12:00:00Z`,
    },
  });

function isTimestamp(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    TIMESTAMP.test(value) &&
    isISO8601(value, { strict: true }) &&
    !Number.isNaN(Date.parse(value))
  );
}

/** A password that is being chosen: 12 to 128 characters, no composition rules. */
export const IsNewPassword = (): PropertyDecorator => applyDecorators(IsString(), Length(12, 128));

/** The shape of `IsNewPassword` in the documentation. */
export const ApiNewPassword = (options: { required?: boolean; description?: string } = {}): PropertyDecorator =>
  ApiProperty({ ...options, minLength: 12, maxLength: 128, format: 'password', example: 'correct horse battery' });
