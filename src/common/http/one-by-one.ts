import { setImmediate as nextTurn } from 'node:timers/promises';
import { UnavailableError } from '../errors/app-error.js';

const MAX_WAITING = 100;

/**
 * Does work that takes long pieces of the main thread one after the other, each in its own turn of the event loop: between two of
 * them everything else gets its turn, so a short request waits for one of them at most. The work is synchronous: what waits inside
 * for another turn would wait for itself.
 */
export class OneByOne {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @throws UnavailableError while 100 wait already; whatever `work` throws. */
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
