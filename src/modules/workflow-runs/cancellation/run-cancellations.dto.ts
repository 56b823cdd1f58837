import { BooleanField, EnumField, IntegerField, TimestampField, UuidField } from '../../../common/contracts/fields.js';
import { parseTimestamp } from '../../../common/values/timestamps.js';
import { type Trigger, TRIGGERS } from '../../workflows/triggers/trigger.types.js';
import {
  type CancellationFilter,
  type Cancellations,
  OPEN_STATUSES,
  type OpenStatus,
} from './run-cancellations.types.js';

export const MAX_CANCELLATIONS = 1000;

/** Filters; without any, all open runs that the caller may cancel are selected. */
export class CancelRunsDto {
  @UuidField({ optional: true }) workflowId?: string;
  @UuidField({ optional: true, description: 'Cancels only runs with this `rootEventId`.' }) rootEventId?: string;

  @UuidField({ optional: true, description: 'Cancels only runs that act with the permissions of this user.' })
  ownerId?: string;

  @EnumField(TRIGGERS, { optional: true }) trigger?: Trigger;
  @EnumField(OPEN_STATUSES, { optional: true }) status?: OpenStatus;

  @TimestampField({ optional: true, description: 'Cancels only runs created at this moment or later.' })
  createdFrom?: string;

  @TimestampField({ optional: true, description: 'Cancels only runs created before this moment.' }) createdTo?: string;
  @IntegerField({ min: 1, max: MAX_CANCELLATIONS, optional: true, default: MAX_CANCELLATIONS }) limit?: number;

  static toFilter({ createdFrom, createdTo, ...filter }: Omit<CancelRunsDto, 'limit'>): CancellationFilter {
    return {
      ...filter,
      ...(createdFrom !== undefined && { createdFrom: parseTimestamp(createdFrom) }),
      ...(createdTo !== undefined && { createdTo: parseTimestamp(createdTo) }),
    };
  }
}

export class CancellationsDto {
  @IntegerField({ description: 'The number of runs that this request has cancelled.' }) cancelled!: number;
  @IntegerField({ description: 'The number of runs that workers are still executing. They end within moments.' })
  requested!: number;
  @BooleanField({ description: 'Whether `limit` was reached. The same request then cancels more runs.' })
  mayBeMore!: boolean;

  static of({ cancelled, requested, mayBeMore }: Cancellations): CancellationsDto {
    return { cancelled, requested, mayBeMore };
  }
}
