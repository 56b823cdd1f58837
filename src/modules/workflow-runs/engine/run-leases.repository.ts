import { Injectable } from '@nestjs/common';
import type { Role } from '../../../common/identity/roles.js';
import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { RunError, StepStatus } from '../runs.types.js';
import { type Checkpoint, type Lease, LeaseLostError, type RunEnd, type RunSignals } from './checkpoint.js';

/** A running worker renews its leases three times in this time. */
export const LEASE_MS = 15_000;

export interface ClaimedRun extends RunSignals {
  id: string;
  fence: number;
  workflowId: string;
  workflowVersion: number;
  /** Script versions that its workflow used when the run started, by script id. */
  scriptVersions: Record<string, number>;
  trigger: string;
  depth: number;
  /** Root of the event tree that led to it; null for a run that no event started. */
  rootEventId: string | null;
  attempt: number;
  /** Trace context of the caller that started it, if traced. */
  traceparent: string | null;
  input: JsonValue;
  /** For a run started by a hook: `{headers, rawBody?}`. */
  request: JsonObject | null;
  createdAt: Date;
  startedAt: Date;
  deadlineAt: Date | null;
  /** Time of the database, by which times in the rows are compared. */
  now: Date;
  /** Number of workers that crashed while they had the run, since it last made progress. */
  cutOffs: number;
  /** Whether it was taken from a worker that crashed or stopped responding, and the crash is not counted yet. */
  wasCutOff: boolean;
}

/** The saved state of a step that is needed to continue. */
export interface SavedStep {
  nodeId: string;
  status: StepStatus;
  attempts: number;
  /** Number of workers that crashed while the step was running. */
  cutOffs: number;
  /** Null if the run no longer needs it. */
  input: JsonValue;
  output: JsonValue;
  error: RunError | null;
  wakeAt: Date | null;
  approvers: string[] | null;
  deadlineAt: Date | null;
  decision: 'approved' | 'rejected' | null;
  decidedBy: string | null;
  comment: string | null;
}

/** The decision on a step that waits for approval. */
export type StepDecision = Pick<SavedStep, 'nodeId' | 'decision' | 'decidedBy' | 'comment'>;

/** The consequences of a worker's crash. */
export interface CutOff {
  /** Number of steps that were running. */
  steps: number;
  /** The highest number of worker crashes among these steps. */
  worst: number;
}

interface OwnerColumns {
  ownerId: string | null;
  roleLimit: Role | null;
}

type ClaimRow = Omit<ClaimedRun, 'owner'> & OwnerColumns;
type SignalsRow = Omit<RunSignals, 'owner'> & OwnerColumns;

/** Claims runs and saves their checkpoints: one statement each, so that a checkpoint costs one round trip. */
@Injectable()
export class RunLeasesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Claims an admitted run, or one whose worker is gone: its lease has expired, or its database session has ended.
   * Returns null if the run cannot be claimed.
   */
  async claim(runId: string, workerId: string): Promise<ClaimedRun | null> {
    const [row] = await this.prisma.$queryRaw<ClaimRow[]>`
      UPDATE workflow_runs run SET
        status = 'running', fence = fence + 1, lease_owner = ${workerId}, wake_at = NULL,
        lease_until = now() + ${LEASE_MS} * interval '1 millisecond', started_at = coalesce(started_at, now()),
        cut_offs = cut_offs + (before.worker <> ${workerId})::integer,
        script_versions = coalesce(script_versions, (
          SELECT jsonb_object_agg(s.script_id, s.version) FROM workflow_scripts s WHERE s.workflow_id = run.workflow_id), '{}')
      FROM (
        SELECT coalesce(max(lease_owner) FILTER (WHERE status = 'running'), ${workerId}) AS worker
        FROM workflow_runs WHERE id = ${runId}::uuid
      ) AS before
      WHERE id = ${runId}::uuid AND (
        (status = 'queued' AND admitted_at IS NOT NULL)
        OR (status = 'running' AND (
          lease_owner IS NULL OR lease_owner = ${workerId} OR lease_until < now()
          OR NOT EXISTS (
            SELECT FROM pg_locks l
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('tenantry:worker:' || run.lease_owner, 0)))))
      RETURNING id, fence, workflow_id AS "workflowId", workflow_version AS "workflowVersion",
        script_versions AS "scriptVersions", trigger, depth,
        root_event_id AS "rootEventId", attempt, traceparent, input, request,
        created_at AS "createdAt", started_at AS "startedAt", deadline_at AS "deadlineAt", now() AS now, signal,
        cancel_requested_at IS NOT NULL AS "cancelRequested", coalesce(successor_id, owner_id) AS "ownerId",
        role_limit AS "roleLimit", cut_offs AS "cutOffs", before.worker <> ${workerId} AS "wasCutOff"`;
    return row ? withOwner(row) : null;
  }

  /** Counts a worker's crash for the steps that were running. */
  async noteCutOff({ runId }: Lease): Promise<CutOff> {
    const [row] = await this.prisma.$queryRaw<CutOff[]>`
      WITH cut AS (
        UPDATE workflow_run_steps SET cut_offs = cut_offs + 1
        WHERE run_id = ${runId}::uuid AND status = 'running' RETURNING cut_offs
      )
      SELECT count(*)::integer AS steps, coalesce(max(cut_offs), 0) AS worst FROM cut`;
    return row ?? { steps: 0, worst: 0 };
  }

  /** Returns the size of the run's outputs in bytes, as JSON. */
  async findOutputBytes(runId: string): Promise<number> {
    const [row] = await this.prisma.$queryRaw<{ bytes: number }[]>`
      SELECT coalesce(sum(octet_length(output::text)), 0)::float8 AS bytes FROM workflow_run_steps WHERE run_id = ${runId}::uuid`;
    return row?.bytes ?? 0;
  }

  /** Omits the inputs of succeeded steps, except for conditions, which pass their input on. */
  findSteps(runId: string): Promise<SavedStep[]> {
    return this.prisma.$queryRaw<SavedStep[]>`
      SELECT node_id AS "nodeId", status, attempts, cut_offs AS "cutOffs", output, error, wake_at AS "wakeAt", approvers,
        CASE WHEN status <> 'succeeded' OR node_type = 'condition' THEN input END AS input,
        deadline_at AS "deadlineAt", decision, decided_by AS "decidedBy", comment
      FROM workflow_run_steps WHERE run_id = ${runId}::uuid`;
  }

  /** Returns the decisions on waiting steps. */
  async findDecisions(runId: string): Promise<StepDecision[]> {
    const rows = await this.prisma.workflowRunStep.findMany({
      where: { runId, status: 'waiting' },
      select: { nodeId: true, decision: true, decidedBy: true, comment: true },
    });
    return rows as StepDecision[];
  }

  /** Returns the output of a step that has succeeded; undefined for any other. */
  async findOutput(runId: string, nodeId: string): Promise<JsonValue | undefined> {
    const step = await this.prisma.workflowRunStep.findFirst({
      where: { runId, nodeId, status: 'succeeded' },
      select: { output: true },
    });
    return step ? (step.output as JsonValue) : undefined;
  }

  /**
   * Saves a checkpoint and renews the lease. Steps that have succeeded are not overwritten.
   * @throws LeaseLostError
   */
  async save(lease: Lease, checkpoint: Checkpoint, deadlineAt: Date | null = null): Promise<RunSignals> {
    const [row] = await this.prisma.$queryRaw<SignalsRow[]>`
      WITH run AS (
        UPDATE workflow_runs SET
          last_event_seq = last_event_seq + ${checkpoint.events.length}::integer,
          lease_until = now() + ${LEASE_MS} * interval '1 millisecond',
          cut_offs = CASE WHEN ${checkpoint.hasRecovered ?? false} THEN 0 ELSE cut_offs END,
          deadline_at = coalesce(deadline_at, ${deadlineAt}::timestamptz)
        WHERE id = ${lease.runId}::uuid AND fence = ${lease.fence} AND status = 'running'
        RETURNING id, last_event_seq - ${checkpoint.events.length}::integer AS base, signal, cancel_requested_at,
          coalesce(successor_id, owner_id) AS owner_id, role_limit
      ), steps AS (
        INSERT INTO workflow_run_steps AS step (run_id, node_id, node_type, status, attempts, input, output, error,
          idempotency_key, started_at, finished_at, wake_at, approvers, deadline_at)
        SELECT run.id, c.node_id, c.node_type, c.status, c.attempts, c.input, c.output, c.error, run.id || ':' || c.node_id,
          CASE WHEN c.begins THEN now() END, CASE WHEN c.ends THEN now() END, c.wake_at, c.approvers, c.deadline_at
        FROM run, jsonb_to_recordset(${JSON.stringify(checkpoint.steps.map(toRecord))}::jsonb) AS c (
          node_id text, node_type text, status text, attempts integer, begins boolean, ends boolean, input jsonb, output jsonb,
          error jsonb, wake_at timestamptz, approvers jsonb, deadline_at timestamptz)
        ON CONFLICT (tenant_id, run_id, node_id) DO UPDATE SET
          status = excluded.status, attempts = excluded.attempts, input = coalesce(excluded.input, step.input),
          output = excluded.output, error = excluded.error, wake_at = excluded.wake_at,
          started_at = coalesce(excluded.started_at, step.started_at), finished_at = excluded.finished_at,
          approvers = coalesce(excluded.approvers, step.approvers), deadline_at = coalesce(excluded.deadline_at, step.deadline_at)
        -- An action that saves its own success may do so while the run is being ended.
        WHERE step.status <> 'succeeded'
      ), events AS (
        INSERT INTO workflow_run_events (run_id, seq, type, node_id, data)
        SELECT run.id, run.base + e.n, e.event ->> 'type', e.event ->> 'nodeId', coalesce(e.event -> 'data', '{}')
        FROM run, jsonb_array_elements(${JSON.stringify(checkpoint.events)}::jsonb) WITH ORDINALITY AS e (event, n)
      )
      SELECT signal, cancel_requested_at IS NOT NULL AS "cancelRequested", owner_id AS "ownerId", role_limit AS "roleLimit"
      FROM run`;
    if (!row) throw new LeaseLostError(lease.runId);
    return withOwner(row);
  }

  /** Heartbeat: extends the lease, and reads the signals. @throws LeaseLostError */
  async renew(lease: Lease): Promise<RunSignals> {
    const [row] = await this.prisma.$queryRaw<SignalsRow[]>`
      UPDATE workflow_runs SET lease_until = now() + ${LEASE_MS} * interval '1 millisecond'
      WHERE id = ${lease.runId}::uuid AND fence = ${lease.fence} AND status = 'running'
      RETURNING signal, cancel_requested_at IS NOT NULL AS "cancelRequested", coalesce(successor_id, owner_id) AS "ownerId",
        role_limit AS "roleLimit"`;
    if (!row) throw new LeaseLostError(lease.runId);
    return withOwner(row);
  }

  /** Cancels the remaining steps of a run that is not continued. */
  async cancelOpenSteps({ runId }: Lease): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE workflow_run_steps SET status = 'cancelled', finished_at = now(), wake_at = NULL
      WHERE run_id = ${runId}::uuid AND status IN ('pending', 'running', 'waiting')`;
  }

  /** Ends the run and frees its place. @throws LeaseLostError */
  async finish(lease: Lease, end: RunEnd): Promise<void> {
    const outputs = end.status === 'succeeded' ? JSON.stringify(end.outputs) : null;
    const error = end.status === 'failed' ? JSON.stringify(end.error) : null;
    const count = await this.prisma.$executeRaw`
      UPDATE workflow_runs SET status = ${end.status}, outputs = ${outputs}::jsonb, error = ${error}::jsonb, finished_at = now(),
        lease_owner = NULL, lease_until = NULL, admitted_at = NULL, wake_at = NULL
      WHERE id = ${lease.runId}::uuid AND fence = ${lease.fence} AND status = 'running'`;
    if (count === 0) throw new LeaseLostError(lease.runId);
  }

  /**
   * Suspends the run until `wakeAt`, or until a decision, and frees its place. Returns false if the run received a
   * signal that the worker has not read yet.
   */
  async suspend(lease: Lease, wakeAt: Date | null, seenSignal: number): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE workflow_runs SET status = 'waiting', wake_at = ${wakeAt}::timestamptz, lease_owner = NULL, lease_until = NULL,
        admitted_at = NULL
      WHERE id = ${lease.runId}::uuid AND fence = ${lease.fence} AND status = 'running' AND signal = ${seenSignal}`;
    return count > 0;
  }

  /** Queues a suspended run again if it is due. */
  async requeueDue(runId: string): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE workflow_runs SET status = 'queued', wake_at = NULL
      WHERE id = ${runId}::uuid AND status = 'waiting' AND wake_at <= now() + interval '100 milliseconds'`;
    return count > 0;
  }

  /** Returns when another worker's lease expires; null if there is none. */
  async findLease(runId: string): Promise<Date | null> {
    const run = await this.prisma.workflowRun.findFirst({
      where: { id: runId, status: 'running' },
      select: { leaseUntil: true },
    });
    return run?.leaseUntil ?? null;
  }

  /**
   * Lets another worker continue, at once or at a time before which the watch does not consider the run stranded. The
   * run keeps its place. Does nothing if the lease is lost.
   */
  async release({ runId, fence }: Lease, at: Date | null = null): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE workflow_runs SET lease_owner = NULL, lease_until = ${at}::timestamptz
      WHERE id = ${runId}::uuid AND fence = ${fence} AND status = 'running'`;
    return count > 0;
  }
}

function withOwner<T extends OwnerColumns>({ ownerId, roleLimit, ...rest }: T) {
  return { ...rest, owner: ownerId === null ? null : { id: ownerId, roleLimit } };
}

/** Uses the column names of `jsonb_to_recordset`. JSON null becomes NULL. */
function toRecord(change: Checkpoint['steps'][number]): object {
  const { nodeId, nodeType, wakeAt, deadlineAt, ...rest } = change;
  return { ...rest, node_id: nodeId, node_type: nodeType, wake_at: wakeAt, deadline_at: deadlineAt };
}
