import type { Type } from '@nestjs/common';
import { InvalidInputError } from '../errors/app-error.js';
import { assertStorable } from '../json/storable.js';
import { strictInput } from './strict-validation.pipe.js';

/**
 * Converts input to an instance of its DTO class, validated as strictly as a request body.
 * @param at JSON Pointer of the input within the request; prefixes the pointers of problems.
 * @throws InvalidInputError
 */
export function validated<T extends object>(type: Type<T>, input: unknown, at: string): T {
  try {
    if (typeof input === 'object' && input !== null) assertStorable(input);
    return strictInput(type, input);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const problems = error.problems.map((problem) => ({ ...problem, pointer: `${at}${problem.pointer}` }));
    throw new InvalidInputError(error.message, problems, error.code);
  }
}
