import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Config } from '../config/config.js';
import { giveUpUnusable } from '../prisma/give-up-unusable.js';
import type { QueueFigures } from './queue-metrics.js';

/**
 * Connections that a process which runs tasks opens as tenantry_worker: one per task, one to listen, one for the lock.
 */
export function workerConnections(config: Config): number {
  return config.APP_ROLE === 'api' ? 0 : config.WORKER_CONCURRENCY + 2;
}

interface FiguresRow {
  task: string;
  due: string;
  running: string;
  given_up: string;
  oldest_due_seconds: number;
}

/**
 * The queue, accessed as tenantry_worker. Connects on first use, so that a process without tasks opens no connection.
 */
@Injectable()
export class WorkerPool implements OnApplicationShutdown {
  readonly #logger = new Logger(WorkerPool.name);
  #pool: pg.Pool | undefined;

  constructor(private readonly config: Config) {}

  get pool(): pg.Pool {
    return (this.#pool ??= this.#open());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool?.end();
  }

  async figures(): Promise<QueueFigures[]> {
    const { rows } = await this.pool.query<FiguresRow>(
      'SELECT task, due, running, given_up, oldest_due_seconds FROM jobs.figures()',
    );
    return rows.map(({ task, due, running, given_up: givenUp, oldest_due_seconds: oldestDueSeconds }) => ({
      task,
      due: Number(due),
      running: Number(running),
      givenUp: Number(givenUp),
      oldestDueSeconds,
    }));
  }

  /** Removes tasks that failed permanently before `givenUpBefore`, and empty queues. Returns the number of tasks. */
  async cleanUp(givenUpBefore: Date): Promise<number> {
    const { rows } = await this.pool.query<{ removed: string }>('SELECT jobs.clean_up($1) AS removed', [givenUpBefore]);
    return Number(rows[0]?.removed);
  }

  #open(): pg.Pool {
    const pool = new pg.Pool({
      connectionString: this.config.DATABASE_WORKER_URL,
      application_name: 'tenantry worker',
      max: this.config.WORKER_CONCURRENCY + 1,
      connectionTimeoutMillis: this.config.DATABASE_POOL_TIMEOUT_MS,
      keepAlive: true,
    });
    const log = (error: unknown): void => this.#logger.warn({ err: error }, 'The queue lost a connection.');
    pool.on('error', log);
    pool.on('connect', (client) => client.on('error', log));
    giveUpUnusable(pool);
    return pool;
  }
}
