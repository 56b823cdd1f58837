import { ruleOf } from '../values/rule-of.js';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** An object as returned by `JSON.parse`. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** OpenAPI schema of any JSON value; without it, the compiler's type `Object` would be documented as an object. */
export const ANY_JSON = {
  anyOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
  ],
};

export const MAX_JSON_BYTES = 65_536;
const MAX_DEPTH = 32;
/** `-1.2345678901234567e-308` */
const LONGEST_NUMBER = 25;

/**
 * Returns the problem of a free-form JSON object, or undefined. Inspects at most 64 KiB of it, however large and deep
 * it is.
 */
export function problemOfJson(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be a JSON object';
  const size = { least: 0, most: 0 };
  if (!isShallow(value, 1, size)) return `must not be nested more than ${MAX_DEPTH} levels deep`;
  const tooLarge = size.least > MAX_JSON_BYTES || (size.most > MAX_JSON_BYTES && isTooLarge(value));
  return tooLarge ? `must not be larger than ${MAX_JSON_BYTES} bytes` : undefined;
}

/**
 * Checks the nesting depth, but stops once the value is certainly too large.
 * @param size is increased by the minimum and maximum bytes of the value as JSON: a character takes 1 to 6.
 */
function isShallow(value: object, depth: number, size: { least: number; most: number }): boolean {
  if (depth > MAX_DEPTH) return false;
  const keys = Array.isArray(value) ? undefined : Object.keys(value);
  const { length } = keys ?? (value as unknown[]);
  size.least += 2 + length;
  size.most += 2 + length;
  for (let index = 0; index < length && size.least <= MAX_JSON_BYTES; index += 1) {
    const key = keys?.[index] ?? index;
    if (keys) addText(keys[index]!, size);
    const child = (value as Record<string | number, unknown>)[key];
    if (typeof child === 'string') addText(child, size);
    else if (typeof child === 'object' && child !== null) {
      if (!isShallow(child, depth + 1, size)) return false;
    } else {
      size.least += 1;
      size.most += LONGEST_NUMBER;
    }
  }
  return true;
}

function addText({ length }: string, size: { least: number; most: number }): void {
  size.least += length + 2;
  size.most += 6 * length + 3;
}

/** True if larger than 64 KiB as JSON in UTF-8. */
export function isTooLarge(value: object): boolean {
  return Buffer.byteLength(JSON.stringify(value)) > MAX_JSON_BYTES;
}

/** A free-form JSON object of at most 64 KiB and 32 levels. */
export const IsFreeJsonObject = ruleOf('isFreeJsonObject', problemOfJson);
