import { Transform } from 'class-transformer';

const INTEGER = /^-?[0-9]{1,15}$/;

/** Converts integer text of a query to a number; leaves anything else for `@IsInt()` to reject. */
export const ToInt = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && INTEGER.test(value) ? Number(value) : value,
  );

/** Converts `true` and `false` text to booleans; leaves anything else for `@IsBoolean()` to reject. */
export const ToBoolean = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

/** Converts `a,b` (or a repeated parameter) to a list of trimmed, non-empty strings. */
export const ToList = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => {
    const parts = Array.isArray(value) ? (value as unknown[]) : [value];
    if (!parts.every((part) => typeof part === 'string')) return value;
    return parts
      .flatMap((part) => part.split(','))
      .map((part) => part.trim())
      .filter(Boolean);
  });
