import type { InputProblem } from '../errors/app-error.js';
import type { JsonObject } from './json-object.js';
import { escapePointer } from './storable.js';

/** Returns a problem for each key of the object at `pointer` that is not in `known`; most are typing errors. */
export function unknownKeys(object: JsonObject, known: readonly string[], pointer: string): InputProblem[] {
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      pointer: `${pointer}/${escapePointer(key)}`,
      code: 'unknown',
      detail: `There is no such field: ${key}.`,
    }));
}
