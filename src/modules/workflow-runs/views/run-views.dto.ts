import { EnumField, TimestampField, UuidField } from '../../../common/contracts/fields.js';
import { CursorQuery } from '../../../common/contracts/page.js';
import { parseTimestamp } from '../../../common/values/timestamps.js';
import { type Trigger, TRIGGERS } from '../../workflows/triggers/trigger.types.js';
import { RUN_STATUSES, type RunFilter, type RunStatus } from '../runs.types.js';

export class ListRunsQuery extends CursorQuery {
  @EnumField(RUN_STATUSES, { optional: true }) status?: RunStatus;
  @EnumField(TRIGGERS, { optional: true }) trigger?: Trigger;
  @UuidField({ optional: true, description: 'The id of the user with whose permissions the steps act.' })
  ownerId?: string;
  @TimestampField({ optional: true, description: 'Returns only runs created at this moment or later.' }) from?: string;
  @TimestampField({ optional: true, description: 'Returns only runs created before this moment.' }) to?: string;

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

/** Query of runs across all workflows. */
export class ListAllRunsQuery extends ListRunsQuery {
  @UuidField({ optional: true }) workflowId?: string;

  static override toFilter(query: ListAllRunsQuery): RunFilter {
    return { ...ListRunsQuery.toFilter(query), workflowId: query.workflowId };
  }
}
