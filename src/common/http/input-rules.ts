import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, Length, Matches, MaxLength, ValidateIf } from 'class-validator';

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

/** A password that is being chosen: 12 to 128 characters, no composition rules. */
export const IsNewPassword = (): PropertyDecorator => applyDecorators(IsString(), Length(12, 128));

/** The shape of `IsNewPassword` in the documentation. */
export const ApiNewPassword = (options: { required?: boolean; description?: string } = {}): PropertyDecorator =>
  ApiProperty({ ...options, minLength: 12, maxLength: 128, format: 'password', example: 'correct horse battery' });
