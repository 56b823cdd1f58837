import { type ArgumentMetadata, Injectable, type PipeTransform, type Type, ValidationPipe } from '@nestjs/common';
import { InvalidInputError } from '../errors/app-error.js';
import { workInTurn } from './big-bodies.js';
import type { InputKind } from './input-problems.js';
import { judgeInput } from './input/judge-input.js';
import { RememberedQueries } from './remembered-queries.js';

/** Types without rules; TypeScript emits them for interfaces, unions and type-only imports as well. */
const WITHOUT_RULES: unknown[] = [Object, Array, undefined];
const SINGLE_VALUES: unknown[] = [String, Number, Boolean, Date, Buffer];

/**
 * Converts bodies, queries and path parameters to their DTO classes and rejects invalid input, with all problems at
 * once. No implicit conversions: query classes declare what becomes a number (`@ToInt()`).
 */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  private readonly single = new ValidationPipe({ transform: true });
  private readonly queries = new RememberedQueries();

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, data, metatype } = metadata;
    if (type === 'custom') return value;
    if (metatype === undefined || WITHOUT_RULES.includes(metatype) || SINGLE_VALUES.includes(metatype)) {
      if (type === 'body' && data === undefined && WITHOUT_RULES.includes(metatype)) {
        throw new TypeError('A body parameter needs a DTO class imported as a value; otherwise nothing is validated.');
      }
      return this.single.transform(value, metadata);
    }
    const judge = (): object => strictInput(metatype as Type<object>, value, type);
    if (type === 'query' && data === undefined) return this.queries.get(metatype as Type<object>, value, judge);
    return workInTurn(value, judge);
  }
}

/** Converts input to an instance of its DTO class. @throws InvalidInputError with all problems at once. */
export function strictInput<T extends object>(type: Type<T>, value: unknown, kind: InputKind = 'body'): T {
  const verdict = judgeInput(type, value, kind);
  if ('instance' in verdict) return verdict.instance as T;
  throw new InvalidInputError('The request is not valid.', verdict.problems);
}
