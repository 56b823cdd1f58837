import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { PageQuery } from '../contracts/page.js';
import { ToInt } from '../contracts/query-values.js';

const MAX_LIMIT = 100;

/** A page of what the program itself declares: short lists that people want whole. */
export class CatalogQuery extends PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: MAX_LIMIT })
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  override limit: number = MAX_LIMIT;
}
