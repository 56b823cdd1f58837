import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { IsTimestamp, LowerCased } from '../../../common/contracts/input-rules.js';
import { CursorQuery } from '../../../common/contracts/page.js';
import { parseTimestamp } from '../../../common/values/timestamps.js';
import { type Trigger, TRIGGERS } from '../../workflows/triggers/trigger.types.js';
import { RUN_STATUSES, type RunFilter, type RunStatus } from '../runs.types.js';

export class ListRunsQuery extends CursorQuery {
  @ApiPropertyOptional({ enum: RUN_STATUSES })
  @IsOptional()
  @IsIn(RUN_STATUSES)
  status?: RunStatus;

  @ApiPropertyOptional({ enum: TRIGGERS })
  @IsOptional()
  @IsIn(TRIGGERS)
  trigger?: Trigger;

  @ApiPropertyOptional({ format: 'uuid', description: 'The id of the user with whose rights the steps act.' })
  @IsOptional()
  @LowerCased()
  @IsUUID()
  ownerId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Returns only runs created at this moment or later.' })
  @IsOptional()
  @IsTimestamp()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Returns only runs created before this moment.' })
  @IsOptional()
  @IsTimestamp()
  to?: string;

  static toFilter({ status, trigger, ownerId, from, to }: ListRunsQuery): RunFilter {
    return {
      status,
      trigger,
      ownerId,
      from: parseTimestamp(from),
      to: parseTimestamp(to),
    };
  }
}

/** Of runs over all workflows. */
export class ListAllRunsQuery extends ListRunsQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @LowerCased()
  @IsUUID()
  workflowId?: string;

  static override toFilter(query: ListAllRunsQuery): RunFilter {
    return { ...ListRunsQuery.toFilter(query), workflowId: query.workflowId };
  }
}
