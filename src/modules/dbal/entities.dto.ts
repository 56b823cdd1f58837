import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { HasMaxLength } from '../../common/contracts/input-rules.js';
import type { EntityList } from '../../common/gateway/entity-gateway.js';
import type { EntityFilter } from '../../common/gateway/entity-query.js';
import { InvalidInputError } from '../../common/errors/app-error.js';
import { PageQuery } from '../../common/contracts/page.js';

export class ListEntitiesQuery extends PageQuery {
  @ApiPropertyOptional({
    description:
      'A JSON object of columns and conditions, all of which must hold. Compare by eq, ne, in, lt, lte, gt, gte, contains and isNull; a bare value means eq.',
    example: '{"role":{"in":["admin","owner"]},"createdAt":{"gte":"2026-01-01T00:00:00Z"}}',
  })
  @IsOptional()
  @IsString()
  @HasMaxLength(8000)
  filter?: string;

  @ApiPropertyOptional({
    description: 'Columns, comma-separated; a leading `-` sorts descending.',
    example: '-createdAt',
  })
  @IsOptional()
  @IsString()
  @HasMaxLength(200)
  sort?: string;

  /** @throws InvalidInputError for a filter that is no JSON. */
  static toList({ page, limit, filter, sort }: ListEntitiesQuery): EntityList {
    return { page, limit, sort, filter: readFilter(filter) };
  }
}

function readFilter(text: string | undefined): EntityFilter | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as EntityFilter;
  } catch {
    throw new InvalidInputError('The filter is not valid.', [
      { pointer: '?filter', detail: 'A filter is written as JSON.', code: 'json' },
    ]);
  }
}
