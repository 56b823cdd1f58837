import { Injectable } from '@nestjs/common';
import { QueueService } from '../../../common/queue/queue.service.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { RUN_JOB, RUN_JOB_ATTEMPTS, runTaskKey, WATCH_JOB, WATCH_JOB_KEY } from '../run-task-names.js';
import { treeUsedUp, tooManyOpenRuns } from '../runs.errors.js';
import { OpenRunRoom } from './open-run-room.js';
import { type CountUpTo, RunAdmissionRepository, type RunCounts } from './run-admission.repository.js';
import { RunLimits } from './run-limits.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

/** How many runs the events of one tree may start, all together: beyond it, it is no work but an avalanche. */
export const RUNS_PER_ROOT_EVENT = 100;

/** When somebody looks whether all open runs of a tenant still have a worker or a job. */
export const WATCH_INTERVAL_MS = 60_000;

/**
 * Decides which runs may have a worker's time. A tenant has a few places; the rest of its runs wait as rows, not as jobs, so that its
 * ten thousand runs are never in front of another tenant's one.
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
   * Gives free places to the runs that have waited longest. Call it in the transaction that adds a run to the line or frees a place:
   * a lock, held to its end, lets one at a time count places.
   */
  async admit(): Promise<void> {
    await this.#admit({ open: 0, root: null });
  }

  /**
   * `admit` for a run that is new, or open again, and has to fit. Call it after its row is written, and let the error undo that:
   * everybody who counts is alone with it until the transaction ends.
   * @param rootEventId of a run that an event started.
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
    // Where there are no places, no run that ends will ever admit the next: the watch has to see when there are some again.
    const isFirst = occupied === 0 && (admitted.length > 0 || maxRuns <= 0);
    if (isFirst) await this.watch(databaseTimeIn(WATCH_INTERVAL_MS));
    return counts;
  }

  /**
   * For changes of queued runs: call it before anything else in the transaction, so that it and admission never wait for each other.
   */
  lock(): Promise<void> {
    return this.admission.lock();
  }

  /** Has the tenant's open runs looked after at that time. */
  watch(at: Date): Promise<void> {
    return this.queue.enqueue(WATCH_JOB, {}, { jobKey: WATCH_JOB_KEY, runAt: at });
  }
}
