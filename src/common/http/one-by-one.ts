import { setImmediate as nextTurn } from 'node:timers/promises';
import { UnavailableError } from '../errors/app-error.js';

const MAX_WAITING = 100;

/**
 * Runs work that blocks the main thread sequentially, each piece in its own turn of the event loop. Other work gets its
 * turn in between, so a short request waits for at most one piece. The work must be synchronous: waiting for another
 * turn inside it would deadlock.
 */
export class OneByOne {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @throws UnavailableError when 100 pieces are already waiting; any error of `work`. */
  async run<T>(work: () => T): Promise<T> {
    if (this.#waiting >= MAX_WAITING) throw new UnavailableError();
    this.#waiting += 1;
    const result = this.#last.then(async () => {
      await nextTurn();
      return work();
    });
    this.#last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#waiting -= 1;
    }
  }
}
