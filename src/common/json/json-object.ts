import { type ValidationOptions, registerDecorator } from 'class-validator';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** What `JSON.parse` makes of an object. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Any JSON at all, as a property is documented: without it the compiler's `Object` would be taken to mean an object. */
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

/** What is wrong with a free JSON object, or undefined. Never recursive: the input may be nested a thousand times. */
export function problemOfJson(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be a JSON object';
  const open: { node: unknown; depth: number }[] = [{ node: value, depth: 1 }];
  for (let current = open.pop(); current; current = open.pop()) {
    const { node, depth } = current;
    if (typeof node !== 'object' || node === null) continue;
    if (depth > MAX_DEPTH) return `must not be nested more than ${MAX_DEPTH} levels deep`;
    for (const child of Object.values(node)) open.push({ node: child, depth: depth + 1 });
  }
  return isTooLarge(value) ? `must not be larger than ${MAX_JSON_BYTES} bytes` : undefined;
}

/** Larger than 64 KiB as JSON in UTF-8. */
export function isTooLarge(value: object): boolean {
  return Buffer.byteLength(JSON.stringify(value)) > MAX_JSON_BYTES;
}

/** A free JSON object of at most 64 KiB and 32 levels. */
export function IsFreeJsonObject(options?: ValidationOptions): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isFreeJsonObject',
      target: target.constructor,
      propertyName: property as string,
      options,
      validator: {
        validate: (value) => problemOfJson(value) === undefined,
        defaultMessage: (given) => `${given?.property} ${problemOfJson(given?.value)}`,
      },
    });
  };
}
