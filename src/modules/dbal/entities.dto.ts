import { TextField } from '../../common/contracts/fields.js';
import type { EntityList } from '../../common/gateway/entity-gateway.js';
import type { EntityFilter } from '../../common/gateway/entity-query.js';
import { type InputProblem, InvalidInputError } from '../../common/errors/app-error.js';
import { PageQuery } from '../../common/contracts/page.js';
import { InexactNumbersError, parseExactJson } from '../../common/json/exact-json.js';
import { assertStorable } from '../../common/json/storable.js';

const NO_JSON = 'A filter is written as JSON.';

export class ListEntitiesQuery extends PageQuery {
  @TextField({
    max: 8000,
    optional: true,
    example: '{"role":{"in":["admin","owner"]},"createdAt":{"gte":"2026-01-01T00:00:00Z"}}',
    description:
      'A JSON object of columns and conditions, all of which must hold. Compare by eq, ne, in, lt, lte, gt, gte, contains and isNull; a bare value means eq.',
  })
  filter?: string;

  @TextField({
    max: 200,
    optional: true,
    example: '-createdAt',
    description: 'The columns to sort by, separated by commas; a leading `-` sorts in descending order.',
  })
  sort?: string;

  /** @throws InvalidInputError for a filter that is not valid JSON. */
  static toList({ page, limit, filter, sort }: ListEntitiesQuery): EntityList {
    return { page, limit, sort, filter: readFilter(filter) };
  }
}

/** Applies the same rules and limits as for a request body. */
function readFilter(text: string | undefined): EntityFilter | undefined {
  if (text === undefined) return undefined;
  try {
    const filter = parseExactJson(text, 'refuse');
    if (typeof filter === 'object' && filter !== null) assertStorable(filter);
    return filter as EntityFilter;
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidFilter([{ pointer: '', detail: NO_JSON, code: 'json' }]);
    if (error instanceof InexactNumbersError) throw invalidFilter(error.numbers);
    if (error instanceof InvalidInputError) throw invalidFilter(error.problems);
    throw error;
  }
}

function invalidFilter(problems: readonly InputProblem[]): InvalidInputError {
  return new InvalidInputError(
    'The filter is not valid.',
    problems.map((problem) => ({ ...problem, pointer: `?filter${problem.pointer}` })),
  );
}
