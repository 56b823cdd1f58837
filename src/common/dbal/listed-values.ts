import { MAX_LISTED_BYTES, MAX_LISTED_VALUE_BYTES } from '../contracts/answer-limits.js';
import type { Listed } from './large-values.types.js';

/**
 * For values that are almost always small and have their own limit (64 KiB). They are read with their rows, and those
 * too large for a list, alone or together, are removed here. This saves the size query of `withLargeValues`. Sizes are
 * bytes of JSON.
 */
export function withoutLargeValues<Row extends object, Large extends keyof Row & string>(
  rows: Row[],
  names: readonly Large[],
): Listed<Row, Large>[] {
  let together = 0;
  const isTooLarge = (value: unknown): boolean => {
    const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
    if (bytes > MAX_LISTED_VALUE_BYTES) return true;
    together += bytes;
    return together > MAX_LISTED_BYTES;
  };
  return rows.map((row) => {
    const omitted = names.filter((name) => isTooLarge(row[name]));
    const gone = Object.fromEntries(omitted.map((name) => [name, null]));
    return { ...row, ...gone, ...(omitted.length > 0 && { omitted }) } as unknown as Listed<Row, Large>;
  });
}
