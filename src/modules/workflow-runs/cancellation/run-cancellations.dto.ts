import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';
import { IsTimestamp, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import { parseTimestamp } from '../../../common/values/timestamps.js';
import { type Trigger, TRIGGERS } from '../../workflows/triggers/trigger.types.js';
import {
  type CancellationFilter,
  type Cancellations,
  OPEN_STATUSES,
  type OpenStatus,
} from './run-cancellations.types.js';

export const MAX_CANCELLATIONS = 1000;

/** The filters narrow; without any, all open runs are meant that the caller may cancel. */
export class CancelRunsDto {
  @ApiPropertyOptional({ format: 'uuid' })
  @MayBeAbsent()
  @IsUUID()
  workflowId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Cancels the runs that go back to this event.' })
  @MayBeAbsent()
  @IsUUID()
  rootEventId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Cancels only runs that act with the rights of this user.' })
  @MayBeAbsent()
  @IsUUID()
  ownerId?: string;

  @ApiPropertyOptional({ enum: TRIGGERS })
  @MayBeAbsent()
  @IsIn(TRIGGERS)
  trigger?: Trigger;

  @ApiPropertyOptional({ enum: OPEN_STATUSES })
  @MayBeAbsent()
  @IsIn(OPEN_STATUSES)
  status?: OpenStatus;

  @ApiPropertyOptional({ format: 'date-time', description: 'Cancels only runs created at this moment or later.' })
  @MayBeAbsent()
  @IsTimestamp()
  createdFrom?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Cancels only runs created before this moment.' })
  @MayBeAbsent()
  @IsTimestamp()
  createdTo?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_CANCELLATIONS, default: MAX_CANCELLATIONS })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(MAX_CANCELLATIONS)
  limit?: number;

  static toFilter({ createdFrom, createdTo, ...filter }: Omit<CancelRunsDto, 'limit'>): CancellationFilter {
    return {
      ...filter,
      ...(createdFrom !== undefined && { createdFrom: parseTimestamp(createdFrom) }),
      ...(createdTo !== undefined && { createdTo: parseTimestamp(createdTo) }),
    };
  }
}

export class CancellationsDto {
  @ApiProperty({ type: 'integer', description: 'The number of runs that this request has cancelled.' })
  cancelled!: number;
  @ApiProperty({
    type: 'integer',
    description: 'The number of runs that workers are executing and will end within moments.',
  })
  requested!: number;
  @ApiProperty({ description: 'Whether `limit` was reached. The same request then cancels more runs.' })
  mayBeMore!: boolean;

  static of({ cancelled, requested, mayBeMore }: Cancellations): CancellationsDto {
    return { cancelled, requested, mayBeMore };
  }
}
