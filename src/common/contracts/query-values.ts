import { Transform } from 'class-transformer';

const INTEGER = /^-?[0-9]{1,15}$/;

/** A query value that is an integer in text becomes a number; anything else stays, for `@IsInt()` to refuse. */
export const ToInt = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && INTEGER.test(value) ? Number(value) : value,
  );

/** `true` and `false` in text become booleans; anything else stays, for `@IsBoolean()` to refuse. */
export const ToBoolean = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

/** `a,b` (or a repeated parameter) becomes a list of trimmed, non-empty strings. */
export const ToList = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => {
    const parts = Array.isArray(value) ? (value as unknown[]) : [value];
    if (!parts.every((part) => typeof part === 'string')) return value;
    return parts
      .flatMap((part) => part.split(','))
      .map((part) => part.trim())
      .filter(Boolean);
  });
