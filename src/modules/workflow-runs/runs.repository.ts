import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { MAX_LISTED_VALUE_BYTES } from '../../common/contracts/answer-limits.js';
import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
import { isLargeJson } from '../../common/json/json-size.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import { Tracing } from '../../common/tracing/tracing.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { WorkflowStatus } from '../workflows/workflows.types.js';
import type { Decision, Run, RunTrigger, StepDecision } from './runs.types.js';
import { type RunRow, SHORT_ERROR, SIZES, SUMMARY, toRun, VALUES } from './views/run-columns.repository.js';

const NEW_RUN = {
  id: true,
  workflowId: true,
  workflowVersion: true,
  status: true,
  trigger: true,
  triggeredBy: true,
  ownerId: true,
  rootEventId: true,
  roleLimit: true,
  attempt: true,
  cancelRequestedAt: true,
  startedAt: true,
  finishedAt: true,
  deadlineAt: true,
  wakeAt: true,
  createdAt: true,
} satisfies Prisma.WorkflowRunSelect;

const DECISION = {
  status: true,
  approvers: true,
  deadlineAt: true,
  decision: true,
} satisfies Prisma.WorkflowRunStepSelect;

export interface NewRun {
  workflowId: string;
  workflowVersion: number;
  ownerId: string;
  triggeredBy: string | null;
  trigger: RunTrigger;
  input: JsonValue;
}

/** Stores runs as people see and control them; the engine's own queries are in `engine/`. */
@Injectable()
export class RunsRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tracing: Tracing,
  ) {}

  /** Returns null if the trigger's `dedupeKey` has already started a run. */
  async create({ trigger, input, ...run }: NewRun): Promise<Run | null> {
    const { kind, dedupeKey = null, dedupeForMs, depth = 0, rootEventId = null, request } = trigger;
    if (dedupeKey !== null && dedupeForMs !== undefined) await this.#forgetKey(run.workflowId, dedupeKey, dedupeForMs);
    const id = uuidv7();
    const stored = input === null ? Prisma.JsonNull : (input as Prisma.InputJsonValue);
    const [row] = await this.prisma.workflowRun.createManyAndReturn({
      data: {
        ...run,
        id,
        trigger: kind,
        dedupeKey,
        depth,
        rootEventId,
        input: stored,
        traceparent: this.tracing.traceparent() ?? null,
        ...(request && { request: request as Prisma.InputJsonObject }),
      },
      select: NEW_RUN,
      skipDuplicates: true,
    });
    if (!row) return null;
    // The returned row repeats the input as given, unless it is too large to be shown.
    if (isLargeJson(input, MAX_LISTED_VALUE_BYTES)) return this.findById(id);
    return { ...row, input, outputs: null, error: null } as Run;
  }

  /** Removes a key that has expired, so that its delivery counts as new. */
  async #forgetKey(workflowId: string, dedupeKey: string, dedupeForMs: number): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE workflow_runs SET dedupe_key = NULL
      WHERE workflow_id = ${workflowId}::uuid AND dedupe_key = ${dedupeKey}
        AND created_at < now() - ${dedupeForMs}::bigint * interval '1 millisecond'`;
  }

  findByDedupeKey(workflowId: string, dedupeKey: string): Promise<Run | null> {
    return this.findOne(Prisma.sql`run.workflow_id = ${workflowId}::uuid AND run.dedupe_key = ${dedupeKey}`);
  }

  findById(id: string): Promise<Run | null> {
    return this.findOne(Prisma.sql`run.id = ${id}::uuid`);
  }

  /** Locks the row until the running transaction ends. */
  async findForUpdate(id: string): Promise<Run | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM workflow_runs WHERE id = ${id}::uuid FOR UPDATE`;
    return this.findById(id);
  }

  /** Returns the current owner and status of a workflow. */
  async findWorkflow(id: string): Promise<{ ownerId: string; status: WorkflowStatus } | null> {
    const row = await this.prisma.workflow.findFirst({ where: { id }, select: { userId: true, status: true } });
    return row && { ownerId: row.userId, status: row.status as WorkflowStatus };
  }

  /** Returns the question and the approvers of an approval step. */
  async findDecision(runId: string, nodeId: string): Promise<StepDecision | null> {
    const row = await this.prisma.workflowRunStep.findFirst({ where: { runId, nodeId }, select: DECISION });
    return row as StepDecision | null;
  }

  /** Appends an event to the history of the run. */
  async appendEvent(id: string, type: string, data: JsonObject, nodeId?: string): Promise<void> {
    await this.prisma.$executeRaw`
      WITH run AS (
        UPDATE workflow_runs SET last_event_seq = last_event_seq + 1 WHERE id = ${id}::uuid RETURNING id, last_event_seq
      )
      INSERT INTO workflow_run_events (run_id, seq, type, node_id, data)
      SELECT id, last_event_seq, ${type}, ${nodeId ?? null}, ${JSON.stringify(data)}::jsonb FROM run`;
  }

  /** Does the same as `appendEvent`, unless the history already contains an identical event. */
  async appendEventOnce(id: string, type: string, data: JsonObject, nodeId: string): Promise<void> {
    const json = JSON.stringify(data);
    await this.prisma.$executeRaw`
      WITH run AS (
        UPDATE workflow_runs SET last_event_seq = last_event_seq + 1
        WHERE id = ${id}::uuid AND NOT EXISTS (
          SELECT FROM workflow_run_events e
          WHERE e.run_id = ${id}::uuid AND e.type = ${type} AND e.node_id = ${nodeId} AND e.data = ${json}::jsonb)
        RETURNING id, last_event_seq
      )
      INSERT INTO workflow_run_events (run_id, seq, type, node_id, data)
      SELECT id, last_event_seq, ${type}, ${nodeId}, ${json}::jsonb FROM run`;
  }

  /** Cancels a run that no worker is executing. */
  async cancel(id: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE workflow_run_steps SET status = 'cancelled', finished_at = now(), wake_at = NULL
      WHERE run_id = ${id}::uuid AND status IN ('pending', 'running', 'waiting')`;
    await this.prisma.$executeRaw`
      UPDATE workflow_runs SET status = 'cancelled', cancel_requested_at = now(), finished_at = now(), admitted_at = NULL,
        wake_at = NULL
      WHERE id = ${id}::uuid`;
  }

  /** Signals the worker that is executing the run. */
  async requestCancel(id: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE workflow_runs SET cancel_requested_at = coalesce(cancel_requested_at, now()), signal = signal + 1
      WHERE id = ${id}::uuid`;
  }

  async decide(
    runId: string,
    nodeId: string,
    by: string | null,
    decision: Decision,
    comment: string | null,
  ): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE workflow_run_steps SET decision = ${decision}, decided_by = ${by}::uuid, decided_at = now(), comment = ${comment}
      WHERE run_id = ${runId}::uuid AND node_id = ${nodeId}`;
  }

  /** Queues a suspended run again; signals the worker of any other. */
  async wake(id: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE workflow_runs SET signal = signal + 1, wake_at = NULL,
        status = CASE WHEN status = 'waiting' THEN 'queued' ELSE status END
      WHERE id = ${id}::uuid`;
  }

  /**
   * Queues a run that has ended again: failed and cancelled steps are executed again, successful ones are kept. It acts
   * for the same user as before.
   * @param tolerated ids of failed steps that stay failed, because the run continues on their errors.
   */
  async reopen(id: string, tolerated: readonly string[]): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE workflow_run_steps SET status = 'pending', attempts = 0, cut_offs = 0, error = NULL, output = NULL, finished_at = NULL,
        wake_at = NULL, deadline_at = NULL, approvers = NULL, decision = NULL, decided_by = NULL, decided_at = NULL, comment = NULL
      WHERE run_id = ${id}::uuid
        AND (status = 'cancelled' OR (status = 'failed' AND NOT node_id = ANY (${[...tolerated]}::text[])))`;
    await this.prisma.$executeRaw`
      UPDATE workflow_runs SET status = 'queued', attempt = attempt + 1, cut_offs = 0, error = NULL, outputs = NULL, finished_at = NULL,
        cancel_requested_at = NULL, deadline_at = NULL, admitted_at = NULL
      WHERE id = ${id}::uuid`;
  }

  /** Reads a run for display, without large values. */
  private async findOne(condition: Prisma.Sql): Promise<Run | null> {
    const rows = await this.prisma.$queryRaw<RunRow[]>`
      SELECT ${SUMMARY}, ${VALUES}, ${SHORT_ERROR} FROM workflow_runs run ${SIZES} WHERE ${condition}`;
    return rows[0] ? toRun(rows[0]) : null;
  }
}
