import { UnavailableError } from '../errors/app-error.js';

const MAX_WAITING = 50;

/** Runs what has the same key one after the other, within this process. */
export class OneAtATime {
  private readonly tails = new Map<string, { last: Promise<unknown>; count: number }>();

  /** @throws UnavailableError when too many wait for the key already. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const line = this.tails.get(key) ?? { last: Promise.resolve(), count: 0 };
    if (line.count > MAX_WAITING) throw new UnavailableError();
    this.tails.set(key, line);
    line.count += 1;
    const mine = line.last.then(task);
    line.last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      line.count -= 1;
      if (line.count === 0) this.tails.delete(key);
    }
  }
}
