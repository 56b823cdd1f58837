import type { JsonValue } from '../../../common/json/json-object.js';

export const MAX_OUTPUT_BYTES = 1_048_576;
/** Maximum input of one step: where several steps join, their outputs add up. */
export const MAX_INPUT_BYTES = 4 * MAX_OUTPUT_BYTES;
/**
 * Maximum size of all outputs of a run, which a worker keeps in memory. The recommended container limits allow for four
 * such runs at once.
 */
export const MAX_RUN_BYTES = 16 * MAX_OUTPUT_BYTES;
/**
 * Maximum size of all inputs and outputs that one worker saves for a run: if outputs are joined repeatedly, the inputs
 * are many times as large.
 */
export const MAX_SAVED_BYTES = 64 * MAX_OUTPUT_BYTES;

/** A step's output cannot be stored. */
export class StepOutputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StepOutputError';
  }
}

/** Characters that JSON allows and PostgreSQL cannot store: NUL and halves of surrogate pairs. */
const UNSTORABLE = /\\u(?:0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/i;

/**
 * Converts a value to storable JSON: U+FFFD replaces characters that the database cannot hold, and `null` replaces
 * values that JSON omits.
 * @throws StepOutputError for a value that cannot be serialized, or is larger than `maxBytes`.
 */
export function toStorable(value: unknown, maxBytes = MAX_OUTPUT_BYTES): JsonValue {
  const text = serialize(value);
  if (text === undefined) return null;
  if (Buffer.byteLength(text) > maxBytes) throw new StepOutputError(`The output is larger than ${maxBytes} bytes.`);
  return UNSTORABLE.test(text)
    ? (JSON.parse(text, (_, part: unknown) => cleaned(part)) as JsonValue)
    : (JSON.parse(text) as JsonValue);
}

function serialize(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  } catch (error) {
    throw new StepOutputError(`The output is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function cleaned(part: unknown): unknown {
  if (typeof part === 'string') return cleanText(part);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, item]) => [cleanText(key), item as unknown]));
}

/** Replaces characters that the database cannot hold with U+FFFD. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
