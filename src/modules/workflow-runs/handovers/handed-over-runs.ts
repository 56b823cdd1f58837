import type { Actor } from '../../../common/identity/actor.js';
import { HoldsRuns, type RightsHolder, type RunHolder } from '../../workflows/handovers/run-holder.js';
import { RunCancellationsService } from '../cancellation/run-cancellations.service.js';
import type { CancellationFilter } from '../cancellation/run-cancellations.types.js';
import { RunNotifier } from '../watch/run-notifier.js';
import { RunOwnersRepository } from './run-owners.repository.js';

const AT_ONCE = 1000;

/** What becomes of runs that have not ended when workflows change hands. Call it in the transaction in which they do. */
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

  /** Runs that act for `from` go on for `to`, with what both may: workers that have one notice before its next step. */
  async handOver(from: RightsHolder, to: { id: string }): Promise<void> {
    const running = await this.owners.changeOwner(from, to.id);
    if (running.length > 0) await this.notifier.signalAll(running);
  }

  async limit(workflowIds: readonly string[], { id, role }: RightsHolder): Promise<void> {
    const running = await this.owners.limit(workflowIds, id, role);
    if (running.length > 0) await this.notifier.signalAll(running);
  }

  /** Ends runs that act for a user; where workflows are given, theirs alone. */
  async cancel(actor: Actor, ownerId: string, workflowIds?: readonly string[]): Promise<void> {
    const filter = { ownerId, ...(workflowIds && { workflowIds: [...workflowIds] }) };
    // First those that have workers, as long as nobody waits for the line in which the others are.
    await this.#cancelAll(actor, { ...filter, status: 'running' });
    await this.#cancelAll(actor, filter);
  }

  async #cancelAll(actor: Actor, filter: CancellationFilter): Promise<void> {
    for (let mayBeMore = true; mayBeMore;) ({ mayBeMore } = await this.cancellations.cancel(actor, filter, AT_ONCE));
  }
}
