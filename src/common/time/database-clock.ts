/** An answer that took longer says too little about when the server wrote it, unless there is nothing better for long. */
const GOOD_ANSWER_MS = 50;
const STALE_MS = 30_000;

/** SQL for the server's time, in milliseconds of the epoch. */
export const DATABASE_TIME_MS = 'extract(epoch FROM clock_timestamp())::float8 * 1000';

interface Sample {
  databaseMs: number;
  /** When that was, by `performance.now()`; give or take the uncertainty. */
  at: number;
  uncertaintyMs: number;
}

/** What a process knows of the time of its database. Between two answers of the server the monotonic clock goes on. */
export class DatabaseClock {
  #sample: Sample | undefined;

  /** @param monotonic milliseconds that never jump. `wall` is used until the database was heard once. */
  constructor(
    private readonly monotonic: () => number = () => performance.now(),
    // eslint-disable-next-line no-restricted-syntax -- there is no better one yet
    private readonly wall: () => number = () => Date.now(),
  ) {}

  /** In milliseconds of the epoch. */
  nowMs(): number {
    if (!this.#sample) return this.wall();
    return this.#sample.databaseMs + this.monotonic() - this.#sample.at;
  }

  /** Asks the database. @param ask resolves with what DATABASE_TIME_MS gives. @throws whatever it throws. */
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

/** A process has one database, and so one clock. */
export const databaseClock = new DatabaseClock();

/**
 * The time of the database. By it everything is judged that one process writes and another compares, such as schedules, deadlines and
 * expiries: the process' own clock may be wrong by any amount, and may jump. Durations are measured with `performance.now()`.
 */
export function databaseNow(): Date {
  return new Date(databaseClock.nowMs());
}

/** The time of the database `ms` from now. */
export function databaseTimeIn(ms: number): Date {
  return new Date(databaseClock.nowMs() + ms);
}
