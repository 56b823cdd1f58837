/** A slower answer is too imprecise, unless the last good one is stale. */
const GOOD_ANSWER_MS = 50;
const STALE_MS = 30_000;

/** SQL expression for the server's time in epoch milliseconds. */
export const DATABASE_TIME_MS = 'extract(epoch FROM clock_timestamp())::float8 * 1000';

interface Sample {
  databaseMs: number;
  /** The same moment by `performance.now()`, within the uncertainty. */
  at: number;
  uncertaintyMs: number;
}

/** A process' estimate of the database's time. Between answers of the server it advances with the monotonic clock. */
export class DatabaseClock {
  #sample: Sample | undefined;

  /** @param monotonic milliseconds of a clock that never jumps. `wall` is used until the database has answered once. */
  constructor(
    private readonly monotonic: () => number = () => performance.now(),
    // eslint-disable-next-line no-restricted-syntax -- there is no better one yet
    private readonly wall: () => number = () => Date.now(),
  ) {}

  /** In epoch milliseconds. */
  nowMs(): number {
    if (!this.#sample) return this.wall();
    return this.#sample.databaseMs + this.monotonic() - this.#sample.at;
  }

  /**
   * Synchronizes with the database. @param ask resolves with the value of DATABASE_TIME_MS. @throws any error of `ask`.
   */
  async set(ask: () => Promise<number>): Promise<void> {
    const askedAt = this.monotonic();
    const databaseMs = await ask();
    const answeredAt = this.monotonic();
    const uncertaintyMs = (answeredAt - askedAt) / 2;
    const isGood = uncertaintyMs <= Math.max(GOOD_ANSWER_MS, this.#sample?.uncertaintyMs ?? Infinity);
    const isNeeded = !this.#sample || answeredAt - this.#sample.at > STALE_MS;
    if (isGood || isNeeded) this.#sample = { databaseMs, at: askedAt + uncertaintyMs, uncertaintyMs };
  }
}

/** A process has one database and therefore one clock. */
export const databaseClock = new DatabaseClock();

/**
 * Returns the database's time. Use it for everything that one process writes and another compares, such as schedules,
 * deadlines and expiry dates: the process' own clock may be wrong or jump. Measure durations with `performance.now()`.
 */
export function databaseNow(): Date {
  return new Date(databaseClock.nowMs());
}

/** Returns the database's time `ms` milliseconds from now. */
export function databaseTimeIn(ms: number): Date {
  return new Date(databaseClock.nowMs() + ms);
}
