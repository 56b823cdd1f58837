import type { Type } from '@nestjs/common';
import { InvalidInputError } from '../errors/app-error.js';
import { assertStorable } from '../json/storable.js';
import { strictInput } from './strict-validation.pipe.js';

/**
 * Input as an object of its DTO class, judged as strictly as a request's body is.
 * @param at where the input stands in what was sent, as a JSON Pointer: put in front of the pointers of problems.
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
