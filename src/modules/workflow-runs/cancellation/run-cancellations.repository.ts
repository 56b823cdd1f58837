import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { CancellationFilter, OpenStatus } from './run-cancellations.types.js';

/** Restricts the selection to runs of one user; null selects everybody's. */
export type OnlyOf = { userId: string | null } | null;

@Injectable()
export class RunCancellationsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Cancels runs of one status, oldest first; running ones are asked to stop. Returns their ids.
   * @param onlyOf the user who must own the workflow, or with whose rights the run must act.
   * @param by the user named in the events.
   */
  async cancel(
    status: OpenStatus,
    filter: CancellationFilter,
    onlyOf: OnlyOf,
    by: string | null,
    limit: number,
  ): Promise<string[]> {
    const isRunning = status === 'running';
    const { workflowId = null, rootEventId = null, ownerId = null, trigger = null } = filter;
    const { workflowIds = null, createdFrom = null, createdTo = null } = filter;
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      WITH chosen AS (
        SELECT r.id FROM workflow_runs r
        WHERE r.status IN ('queued', 'running', 'waiting') AND r.status = ${status} AND r.cancel_requested_at IS NULL
          AND (${workflowId}::uuid IS NULL OR r.workflow_id = ${workflowId}::uuid)
          AND (${workflowIds}::uuid[] IS NULL OR r.workflow_id = ANY (${workflowIds}::uuid[]))
          AND (${rootEventId}::uuid IS NULL OR r.root_event_id = ${rootEventId}::uuid)
          AND (${ownerId}::uuid IS NULL OR coalesce(r.successor_id, r.owner_id) = ${ownerId}::uuid)
          AND (${trigger}::text IS NULL OR r.trigger = ${trigger}::text)
          AND (${createdFrom}::timestamptz IS NULL OR r.created_at >= ${createdFrom}::timestamptz)
          AND (${createdTo}::timestamptz IS NULL OR r.created_at < ${createdTo}::timestamptz)
          AND (${onlyOf === null} OR coalesce(r.successor_id, r.owner_id) = ${onlyOf?.userId ?? null}::uuid
            OR EXISTS (SELECT FROM workflows w WHERE w.id = r.workflow_id AND w.user_id = ${onlyOf?.userId ?? null}::uuid))
        ORDER BY r.created_at, r.id LIMIT ${limit}::integer FOR UPDATE OF r
      ), steps AS (
        UPDATE workflow_run_steps s SET status = 'cancelled', finished_at = now(), wake_at = NULL
        FROM chosen
        WHERE ${!isRunning} AND s.run_id = chosen.id AND s.status IN ('pending', 'running', 'waiting')
      ), ended AS (
        UPDATE workflow_runs r SET cancel_requested_at = now(), last_event_seq = last_event_seq + 1,
          signal = signal + CASE WHEN ${isRunning} THEN 1 ELSE 0 END,
          status = CASE WHEN ${isRunning} THEN r.status ELSE 'cancelled' END,
          finished_at = CASE WHEN ${isRunning} THEN r.finished_at ELSE now() END,
          admitted_at = CASE WHEN ${isRunning} THEN r.admitted_at END,
          wake_at = CASE WHEN ${isRunning} THEN r.wake_at END
        FROM chosen WHERE r.id = chosen.id RETURNING r.id, r.last_event_seq
      ), appended AS (
        INSERT INTO workflow_run_events (run_id, seq, type, data)
        SELECT id, last_event_seq, ${isRunning ? 'run.cancel_requested' : 'run.cancelled'}, ${JSON.stringify({ by })}::jsonb
        FROM ended
      )
      SELECT id FROM ended`;
    return rows.map(({ id }) => id);
  }
}
