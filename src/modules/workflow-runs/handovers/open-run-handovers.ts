import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import type { User } from '../../users/users.types.js';
import { RunCancellationsService } from '../cancellation/run-cancellations.service.js';
import type { CancellationFilter } from '../cancellation/run-cancellations.types.js';
import { RunNotifier } from '../watch/run-notifier.js';
import { RunOwnersRepository } from './run-owners.repository.js';

const AT_ONCE = 1000;

/** What becomes of runs that have not ended when workflows change hands. Call it in the transaction in which they do. */
@Injectable()
export class OpenRunHandovers {
  constructor(
    private readonly owners: RunOwnersRepository,
    private readonly cancellations: RunCancellationsService,
    private readonly notifier: RunNotifier,
  ) {}

  /** Runs that act for `from` go on for `to`, with what both may: workers that have one notice before its next step. */
  async handOver(from: Pick<User, 'id' | 'role'>, to: Pick<User, 'id'>): Promise<void> {
    const running = await this.owners.changeOwner(from, to.id);
    if (running.length > 0) await this.notifier.askedAll(running);
  }

  /** Ends runs that act for a user; where workflows are given, theirs alone. */
  async cancel(actor: Actor, ownerId: string, workflows?: readonly { id: string }[]): Promise<void> {
    const filter = { ownerId, ...(workflows && { workflowIds: workflows.map(({ id }) => id) }) };
    // First those that have workers, as long as nobody waits for the line in which the others are.
    await this.#cancelAll(actor, { ...filter, status: 'running' });
    await this.#cancelAll(actor, filter);
  }

  async #cancelAll(actor: Actor, filter: CancellationFilter): Promise<void> {
    for (let mayBeMore = true; mayBeMore;) ({ mayBeMore } = await this.cancellations.cancel(actor, filter, AT_ONCE));
  }
}
