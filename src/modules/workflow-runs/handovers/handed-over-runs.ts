import type { Actor } from '../../../common/identity/actor.js';
import { HoldsRuns, type RightsHolder, type RunHolder } from '../../workflows/handovers/run-holder.js';
import { RunCancellationsService } from '../cancellation/run-cancellations.service.js';
import type { CancellationFilter } from '../cancellation/run-cancellations.types.js';
import { RunNotifier } from '../watch/run-notifier.js';
import { RunOwnersRepository } from './run-owners.repository.js';

const AT_ONCE = 1000;

/** Hands over or cancels open runs when workflows change owners. Call it in the transaction of that change. */
@HoldsRuns()
export class HandedOverRuns implements RunHolder {
  constructor(
    private readonly owners: RunOwnersRepository,
    private readonly cancellations: RunCancellationsService,
    private readonly notifier: RunNotifier,
  ) {}

  hasOpen(workflowId: string): Promise<boolean> {
    return this.owners.hasOpen(workflowId);
  }

  /**
   * Open runs that act for `from` continue for `to`, with the lower role of both; workers notice before the next step.
   */
  async handOver(from: RightsHolder, to: { id: string }): Promise<void> {
    const running = await this.owners.changeOwner(from, to.id);
    if (running.length > 0) await this.notifier.signalAll(running);
  }

  async limit(workflowIds: readonly string[], { id, role }: RightsHolder): Promise<void> {
    const running = await this.owners.limit(workflowIds, id, role);
    if (running.length > 0) await this.notifier.signalAll(running);
  }

  /** Cancels runs that act for a user, optionally only those of the given workflows. */
  async cancel(actor: Actor, ownerId: string, workflowIds?: readonly string[]): Promise<void> {
    const filter = { ownerId, ...(workflowIds && { workflowIds: [...workflowIds] }) };
    // Running ones first, before this transaction takes the admission lock that queued ones need.
    await this.#cancelAll(actor, { ...filter, status: 'running' });
    await this.#cancelAll(actor, filter);
  }

  async #cancelAll(actor: Actor, filter: CancellationFilter): Promise<void> {
    for (let mayBeMore = true; mayBeMore;) ({ mayBeMore } = await this.cancellations.cancel(actor, filter, AT_ONCE));
  }
}
