// Imports only packages and uses only erasable syntax, because the test of killed workers runs this file without
// compiling it.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface LivenessOptions {
  /** Direct connection as tenantry_worker: the lock lasts as long as this session. */
  connectionString: string;
  /** For the rounds that check other workers. */
  pool: pg.Pool;
  /**
   * Interval between two rounds, and the maximum pause before the lock is re-acquired after its connection was lost, in
   * milliseconds.
   */
  intervalMs: number;
  onError: (error: unknown) => void;
  onRecovered: (workerIds: string[]) => void;
}

// A host that vanishes is noticed after about 25 seconds; PostgreSQL's default is two hours.
const SESSION = `SET statement_timeout = 0; SET lock_timeout = 0;
  SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3`;

/**
 * Shows that a worker is alive by an advisory lock held by its session, and releases the tasks of workers whose lock is
 * gone. Without it, graphile-worker returns the tasks of a killed worker to the queue only after four hours.
 *
 * A worker must be missing in two consecutive rounds, so that one that only lost its connection can reconnect. If it
 * cannot reconnect in time, others take over its tasks while it still runs them: handlers must be idempotent.
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

  /**
   * Resolves when the lock of `workerId` is held, or when stopped. The lock is re-acquired whenever its session ends.
   */
  hold(workerId: string): Promise<void> {
    this.#workerId = workerId;
    this.#held ??= this.#lock(workerId);
    return this.#held;
  }

  /** Starts checking other workers. */
  watch(): void {
    this.#rounds ??= this.#watch();
  }

  /** Runs one round: releases the tasks of workers that were also missing in the previous round. Returns their ids. */
  async recover(): Promise<string[]> {
    const { rows } = await this.#options.pool.query<{ worker: string }>(
      'SELECT worker FROM jobs.dead_workers() AS worker',
    );
    const found = rows.map((row) => row.worker);
    // This worker's own lock is missing: after a fail-over it is held on another server, or its session has ended.
    // Re-acquire it.
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

  /** Releases the lock. Call it when no task is running. */
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

  /** Closes the connection at once, even if the server no longer answers. */
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
