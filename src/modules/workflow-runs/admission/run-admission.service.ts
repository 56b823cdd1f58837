import { Injectable } from '@nestjs/common';
import { QueueService } from '../../../common/queue/queue.service.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { RUN_JOB, RUN_JOB_ATTEMPTS, runTaskKey, WATCH_JOB, WATCH_JOB_KEY } from '../run-task-names.js';
import { treeUsedUp, tooManyOpenRuns } from '../runs.errors.js';
import { OpenRunRoom } from './open-run-room.js';
import { type CountUpTo, RunAdmissionRepository, type RunCounts } from './run-admission.repository.js';
import { RunLimits } from './run-limits.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

/** Maximum number of runs in one event tree. More than that is taken for runs that trigger each other without end. */
export const RUNS_PER_ROOT_EVENT = 100;

/** Interval of the check that all open runs of a tenant still have a worker or a task. */
export const WATCH_INTERVAL_MS = 60_000;

/**
 * Decides which runs get a worker. A tenant has a few places; its other runs wait as rows, not as tasks, so that ten
 * thousand of them never delay another tenant's single run.
 */
@Injectable()
export class RunAdmissionService {
  readonly #room = new OpenRunRoom();

  constructor(
    private readonly tenant: TenantContext,
    private readonly admission: RunAdmissionRepository,
    private readonly limits: RunLimits,
    private readonly queue: QueueService,
  ) {}

  /**
   * Admits the runs that have waited longest to the free places. Call it in the transaction that queues a run or frees
   * a place: it takes a lock until the end of that transaction, so that places are counted by one transaction at a
   * time.
   */
  async admit(): Promise<void> {
    await this.#admit({ open: 0, root: null });
  }

  /**
   * Does the same as `admit`, for a run that is new or reopened and must be within the limits. Call it after its row is
   * written, and let the error roll that back: the lock prevents concurrent counts until the transaction ends.
   * @param rootEventId root event of a run that an event started.
   * @throws RateLimitError `workflow_run.too_many_open`, `workflow_run.tree_used_up`.
   */
  async admitNew(rootEventId: string | null): Promise<void> {
    const maxOpen = await this.limits.maxOpenRuns();
    const { tenantId } = this.tenant;
    const isCounted = !this.#room.take(tenantId);
    const counts = await this.#admit({
      open: isCounted ? maxOpen + 1 : 0,
      root: rootEventId === null ? null : { id: rootEventId, upTo: RUNS_PER_ROOT_EVENT + 1 },
    });
    if (counts.ofRoot > RUNS_PER_ROOT_EVENT) throw treeUsedUp(RUNS_PER_ROOT_EVENT);
    if (counts.open > maxOpen) throw tooManyOpenRuns(maxOpen);
    if (isCounted) this.#room.counted(tenantId, maxOpen - counts.open);
  }

  async #admit(upTo: CountUpTo): Promise<RunCounts> {
    const maxRuns = await this.limits.maxRuns();
    await this.admission.lock();
    const { admitted, occupied, counts } = await this.admission.admitNext(maxRuns, upTo);
    for (const runId of admitted) {
      await this.queue.enqueue(RUN_JOB, { runId }, { jobKey: runTaskKey(runId), maxAttempts: RUN_JOB_ATTEMPTS });
    }
    // With a limit of 0 places no ending run admits the next one, so the watch must detect when the limit is raised.
    const isFirst = occupied === 0 && (admitted.length > 0 || maxRuns <= 0);
    if (isFirst) await this.watch(databaseTimeIn(WATCH_INTERVAL_MS));
    return counts;
  }

  /**
   * Locks admission for changes of queued runs. Call it before anything else in the transaction, to avoid a deadlock
   * with admission.
   */
  lock(): Promise<void> {
    return this.admission.lock();
  }

  /** Schedules the check of the tenant's open runs for that time. */
  watch(at: Date): Promise<void> {
    return this.queue.enqueue(WATCH_JOB, {}, { jobKey: WATCH_JOB_KEY, runAt: at });
  }
}
