import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import { type Actor, userIdOf } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { mayRunAll } from '../../workflows/workflows.policy.js';
import { RunAdmissionService } from '../admission/run-admission.service.js';
import { RunNotifier } from '../watch/run-notifier.js';
import { type OnlyOf, RunCancellationsRepository } from './run-cancellations.repository.js';
import {
  type CancellationFilter,
  type Cancellations,
  OPEN_STATUSES,
  type OpenStatus,
} from './run-cancellations.types.js';

/** Small enough that a batch does not hold the tenant's admission lock for long. */
const BATCH = 200;

/** Cancels many runs at once. */
@Injectable()
export class RunCancellationsService {
  constructor(
    private readonly cancellations: RunCancellationsRepository,
    private readonly admission: RunAdmissionService,
    private readonly notifier: RunNotifier,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Cancels matching open runs, at most `limit`, in independent batches. Members cancel runs that act with their rights
   * and those of their own workflows; managers cancel all.
   */
  async cancel(actor: Actor, filter: CancellationFilter, limit: number): Promise<Cancellations> {
    const ended = { queued: 0, waiting: 0, running: 0 };
    let left = limit;
    // Queued runs first: otherwise freed places would be given to runs that are about to be cancelled.
    for (const status of OPEN_STATUSES.filter((open) => filter.status === undefined || filter.status === open)) {
      for (let count = BATCH; count === BATCH && left > 0; left -= count) {
        count = await this.#cancelBatch(actor, filter, status, Math.min(BATCH, left));
        ended[status] += count;
      }
    }
    return { cancelled: ended.queued + ended.waiting, requested: ended.running, mayBeMore: left === 0 };
  }

  #cancelBatch(actor: Actor, filter: CancellationFilter, status: OpenStatus, limit: number): Promise<number> {
    return this.dbal.transaction(async () => {
      // Lock order: admission locks the queue before the run; ending or waking a run locks the run before the queue.
      if (status === 'queued') await this.admission.lock();
      const by = userIdOf(actor);
      const runIds = await this.cancellations.cancel(status, filter, this.#onlyOf(actor), by, limit);
      if (runIds.length === 0) return 0;
      if (status === 'running') await this.notifier.signalAll(runIds);
      else await this.admission.admit();
      await this.audit.record(actor, {
        action: 'workflow_run.many_cancelled',
        targetType: 'workflow_run',
        details: { filter, status, count: runIds.length, runIds },
      });
      this.dbal.afterCommit(() => runIds.forEach((id) => this.notifier.changed(id)));
      return runIds.length;
    });
  }

  /** Returns the user whose runs the actor may cancel; null if the actor may cancel all. */
  #onlyOf(actor: Actor): OnlyOf {
    return mayRunAll(actor) ? null : { userId: userIdOf(actor) };
  }
}
