import type { Schema } from '../fuzz/api-description.js';

/** A little less than the largest body that a route takes. */
const BYTES = 1_000_000;

const repeated = (text: string, bytes = BYTES): string =>
  `[${Array<string>(Math.floor(bytes / (text.length + 1)))
    .fill(text)
    .join()}]`;

const UNKNOWN_KEYS = `{${Array.from({ length: 75_000 }, (_, index) => `"key${index}":1`).join()}}`;

/** JSON texts that have cost their readers most, by what they are. */
const ANYTHING: Record<string, string> = {
  'a list of empty objects': repeated('{}'),
  'unknown fields': UNKNOWN_KEYS,
  'fields named alike': `{${Array(100_000).fill('"name":1').join()}}`,
  'nesting without end': `${'[{"a":'.repeat(125_000)}1${'}]'.repeat(125_000)}`,
  'numbers that are no double': repeated('1e999'),
};

/** Values for a single field: of a list, an object or anything, and of a text. */
const VALUES: Record<string, string> = {
  'as many objects as are counted': repeated('{}', 590_000),
  'as many numbers as are counted': repeated('0', 390_000),
  'objects with fields': repeated('{"id":1,"name":"","type":[]}', 700_000),
  'unknown fields': UNKNOWN_KEYS,
  'an item with unknown fields': `[${UNKNOWN_KEYS}]`,
  'numbers with exponents': repeated('1e5'),
  'large integers': repeated('12345678901234567890'),
  'lists in lists': `${'['.repeat(90)}${repeated('[]', 590_000)}${']'.repeat(90)}`,
};

const TEXTS: Record<string, string> = {
  'a list': repeated('{}', 590_000),
  'a long text': JSON.stringify('x'.repeat(BYTES)),
  'a long address': JSON.stringify('a@'.repeat(BYTES / 2)),
  'a long host': JSON.stringify(`http://${'a.'.repeat(BYTES / 2 - 4)}`),
  'many blanks': JSON.stringify(`x${' '.repeat(BYTES - 2)}x`),
  escapes: JSON.stringify('"\n'.repeat(BYTES / 4)),
};

/** Values of up to 1 MiB that no rule forbids. */
export const TAKEN_VALUES: Record<string, string> = {
  'as many objects as are counted': VALUES['as many objects as are counted']!,
  'as many numbers as are counted': VALUES['as many numbers as are counted']!,
  'decimal numbers': repeated('1.5', 700_000),
  'objects whose keys are not sorted': repeated('{"z":1,"name":"","a":[]}', 900_000),
  'many fields': UNKNOWN_KEYS,
  texts: repeated('"some text"', 950_000),
};

export interface WorstBody {
  name: string;
  kind: string;
  text: string;
  /** Of a body for a single field: its name, the rules of the field, and the kind. */
  rule?: string;
}

/** Bodies of about 1 MiB for an operation: what any route may get, and each field of its schema with each value that is bad for it. */
export function worstBodies(fields: Record<string, Schema>): WorstBody[] {
  const ofFields = Object.entries(fields).flatMap(([field, schema]) => {
    const values = [schema.type].flat().includes('string') ? TEXTS : VALUES;
    // What is said about a field costs nothing.
    const rules = JSON.stringify({ ...schema, description: undefined, example: undefined, examples: undefined });
    return Object.entries(values).map(([kind, value]) => ({
      name: `${field}: ${kind}`,
      kind,
      text: `{"${field}":${value}}`,
      rule: `${field} ${rules} ${kind}`,
    }));
  });
  return [...Object.entries(ANYTHING).map(([kind, text]) => ({ name: kind, kind, text })), ...ofFields];
}
