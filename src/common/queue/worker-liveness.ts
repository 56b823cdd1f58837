// Only packages are imported, and only erasable syntax is used: the test of killed workers runs this file as it is.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface LivenessOptions {
  /** Direct, as tenantry_worker: the lock lives as long as this session. */
  connectionString: string;
  /** For the rounds that look after other workers. */
  pool: pg.Pool;
  /** Between two rounds, and at most between the loss of the lock's connection and the next one; in milliseconds. */
  intervalMs: number;
  onError: (error: unknown) => void;
  onRecovered: (workerIds: string[]) => void;
}

// A machine that vanishes is noticed after about 25 seconds; PostgreSQL's own default is two hours.
const SESSION = `SET statement_timeout = 0; SET lock_timeout = 0;
  SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3`;

/**
 * Shows that a worker lives, by an advisory lock that its session holds, and frees the jobs of workers whose lock is gone.
 * Without it graphile-worker gives the jobs of a killed worker to others only after four hours.
 *
 * A worker must be missing in two rounds in a row, so that one which merely lost its connection can come back. One that
 * cannot come back in time loses its jobs to others while it still runs them: handlers bear being repeated.
 */
export class WorkerLiveness {
  readonly #options: LivenessOptions;
  readonly #stopped = new AbortController();
  #workerId: string | undefined;
  #held: Promise<void> | undefined;
  #client: pg.Client | undefined;
  #isLocked = false;
  #suspects = new Set<string>();
  #rounds: Promise<void> | undefined;

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** Resolves when the lock of `workerId` is held, or when stopped. The lock is taken again whenever its session ends. */
  hold(workerId: string): Promise<void> {
    this.#workerId = workerId;
    this.#held ??= this.#lock(workerId);
    return this.#held;
  }

  /** Looks after other workers from now on. */
  watch(): void {
    this.#rounds ??= this.#watch();
  }

  /** One round: frees the jobs of workers that were missing in the round before as well. Returns their ids. */
  async recover(): Promise<string[]> {
    const { rows } = await this.#options.pool.query<{ worker: string }>(
      'SELECT worker FROM jobs.dead_workers() AS worker',
    );
    const found = rows.map((row) => row.worker);
    // Its lock is on another server than the queue by now, after a fail-over, or its session is over: it is taken again.
    if (this.#isLocked && found.some((worker) => worker === this.#workerId)) this.#breakOff();
    const missing = found.filter((worker) => worker !== this.#workerId);
    const dead = missing.filter((worker) => this.#suspects.has(worker));
    this.#suspects = new Set(missing);
    if (dead.length > 0) {
      await this.#options.pool.query('SELECT jobs.force_unlock_workers($1)', [dead]);
      this.#options.onRecovered(dead);
    }
    return dead;
  }

  /** Gives the lock up: call it when no job is running any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#client?.end().catch(() => undefined);
    await Promise.all([this.#held, this.#rounds]);
  }

  async #lock(workerId: string): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const client = new pg.Client({
        connectionString: this.#options.connectionString,
        application_name: 'tenantry worker lock',
        keepAlive: true,
      });
      this.#client = client;
      client.on('error', this.#options.onError);
      try {
        await client.connect();
        await client.query(SESSION);
        await client.query(`SELECT pg_advisory_lock(hashtextextended('tenantry:worker:' || $1, 0))`, [workerId]);
        this.#isLocked = true;
        client.once('end', () => {
          this.#isLocked = false;
          this.#held = this.#lock(workerId);
        });
        if (this.#stopped.signal.aborted) await client.end();
        return;
      } catch (error) {
        if (!this.#stopped.signal.aborted) this.#options.onError(error);
        await client.end().catch(() => undefined);
        await this.#pause(this.#options.intervalMs / 2);
      }
    }
  }

  /** At once, also when the server does not answer any more. */
  #breakOff(): void {
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  async #watch(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        await this.recover();
      } catch (error) {
        if (!this.#stopped.signal.aborted) this.#options.onError(error);
      }
      await this.#pause(this.#options.intervalMs * (0.75 + Math.random() / 2));
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}
