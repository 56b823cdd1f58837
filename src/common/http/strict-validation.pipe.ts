import { type ArgumentMetadata, Injectable, type PipeTransform, ValidationPipe } from '@nestjs/common';
import { InvalidInputError } from '../errors/app-error.js';
import { inputProblems, type InputKind } from './input-problems.js';
import { RememberedQueries } from './remembered-queries.js';

/** Types that carry no rules: emitted for interfaces, unions and type-only imports, too. */
const WITHOUT_RULES: unknown[] = [Object, Array, undefined];

/**
 * Turns bodies, queries and path parameters into their DTO classes and refuses what does not fit, with all problems at once.
 * Nothing is converted silently: query classes say what becomes a number (`@ToInt()`).
 */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  private readonly pipes: Record<InputKind, ValidationPipe> = {
    body: strictPipe('body'),
    query: strictPipe('query'),
    param: strictPipe('param'),
  };

  private readonly queries = new RememberedQueries();

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && metadata.data === undefined && WITHOUT_RULES.includes(metadata.metatype)) {
      throw new TypeError(
        'A body parameter needs a DTO class that is imported as a value: without one nothing is checked.',
      );
    }
    const { type, data, metatype } = metadata;
    const judge = (): Promise<unknown> => this.pipes[type].transform(value, metadata);
    if (type === 'query' && data === undefined && metatype && !WITHOUT_RULES.includes(metatype)) {
      return this.queries.get(metatype as new () => object, value, judge);
    }
    return judge();
  }
}

function strictPipe(kind: InputKind): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    exceptionFactory: (errors) => new InvalidInputError('The request is not valid.', inputProblems(errors, kind)),
  });
}
