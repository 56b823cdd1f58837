import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Runner, RunnerOptions, TaskList } from 'graphile-worker';
import { Config } from '../config/config.js';
import { DrainService } from '../http/drain.service.js';
import { TaskExecution } from './task-execution.js';
import { TaskRegistry, type RegisteredHandler } from './task-registry.js';
import { QueueMetrics } from './queue-metrics.js';
import { queueLogger } from './queue-logger.js';
import { assertTasksMatch } from './task-lists.js';
import { WorkerLiveness } from './worker-liveness.js';
import { WorkerPool } from './worker-pool.js';

const LIVENESS_INTERVAL_MS = 2000;
const RESTART_AFTER_MS = 5000;
/** Time within SHUTDOWN_TIMEOUT_MS that the rest of the shutdown needs. */
const RESERVED_FOR_SHUTDOWN_MS = 2000;

/** Runs tasks in this process unless APP_ROLE is `api`. */
@Injectable()
export class TaskRunner implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Jobs');
  #runner: Runner | undefined;
  #liveness: WorkerLiveness | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    private readonly handlers: TaskRegistry,
    private readonly execution: TaskExecution,
    private readonly workers: WorkerPool,
    private readonly metrics: QueueMetrics,
    private readonly drain: DrainService,
  ) {}

  /** True while this process takes tasks. */
  get isUp(): boolean {
    return this.#runner !== undefined && !this.#stopping;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.APP_ROLE === 'api') return;
    this.drain.onDrain(() => this.stop());
    this.metrics.readQueueWith(() => this.workers.figures());
    await this.#start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  /** Runs all due tasks in this process, even if APP_ROLE is `api`, and resolves when none is left. */
  async runDue(): Promise<void> {
    const { runOnce } = await import('graphile-worker');
    const options = await this.#options();
    const liveness = this.#newLiveness();
    try {
      // One at a time: of several concurrent tasks, some would be postponed until their tenant's share is free.
      await runOnce({ ...options, ...this.#announcedBy(liveness), concurrency: 1 });
    } finally {
      await liveness.stop();
    }
  }

  /** Takes no more tasks and waits for running ones. Unfinished tasks are left to other workers. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #start(): Promise<void> {
    // Imported here, so that a process that only serves requests is not charged the library's load time and memory.
    const { parseCronItems, run } = await import('graphile-worker');
    const options = await this.#options();
    const liveness = this.#newLiveness();
    const crons = [...this.handlers.all().values()].flatMap(({ task, cron }) => (cron ? [{ task, match: cron }] : []));
    const runner = await run({
      ...options,
      ...this.#announcedBy(liveness),
      parsedCronItems: parseCronItems(crons.map((item) => ({ ...item, identifier: item.task }))),
    });
    this.#liveness = liveness;
    this.#runner = runner;
    if (this.#stopping) return this.#end();
    liveness.watch();
    void runner.promise.then(
      () => this.#restart('it stopped unexpectedly'),
      (error: unknown) => this.#restart(error),
    );
  }

  /**
   * graphile-worker ends its runner when it cannot record the outcome of a task, which happens after a longer loss of
   * the database.
   */
  async #restart(reason: unknown): Promise<void> {
    if (this.#stopping) return;
    this.#logger.error({ err: reason }, `The task runner has stopped; restarting it in ${RESTART_AFTER_MS} ms.`);
    this.#runner = undefined;
    await this.#liveness?.stop();
    while (!this.#stopping && !this.#runner) {
      await delay(RESTART_AFTER_MS, undefined, { ref: false });
      if (this.#stopping) return;
      await this.#start().catch((error: unknown) =>
        this.#logger.error({ err: error }, 'The task runner failed to start.'),
      );
    }
  }

  async #stop(): Promise<void> {
    this.metrics.readQueueWith(undefined);
    await this.#end();
  }

  async #end(): Promise<void> {
    const giveUp = new AbortController();
    const overdue = delay(this.#patienceMs(), true, { signal: giveUp.signal }).catch(() => false);
    const ended = this.#runner?.stop().then(
      () => false,
      // The runner has ended by itself in the meantime.
      () => false,
    );
    if (await Promise.race([ended ?? false, overdue])) {
      this.#logger.warn('Tasks did not finish in time; other workers will run them again.');
    }
    giveUp.abort();
    await this.#liveness?.stop();
  }

  #patienceMs(): number {
    const { SHUTDOWN_TIMEOUT_MS, DRAIN_DELAY_MS } = this.config;
    return Math.max(1000, SHUTDOWN_TIMEOUT_MS - DRAIN_DELAY_MS - RESERVED_FOR_SHUTDOWN_MS);
  }

  async #options(): Promise<RunnerOptions> {
    const handlers = this.handlers.all();
    const { pool } = this.workers;
    await assertTasksMatch(pool, handlers);
    return {
      pgPool: pool,
      schema: 'jobs',
      taskList: this.#tasks(handlers),
      concurrency: this.config.WORKER_CONCURRENCY,
      forbiddenFlags: () => this.execution.fullTenants().map((tenantId) => `tenant:${tenantId}`),
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: Math.floor(this.#patienceMs() / 2),
      logger: await queueLogger(this.#logger),
    };
  }

  /**
   * Ensures that the lock is held before the first task is taken. Completions go through batches, which are retried.
   */
  #announcedBy(liveness: WorkerLiveness): Pick<RunnerOptions, 'preset'> {
    return {
      preset: {
        plugins: [
          {
            name: 'TenantryLivenessPlugin',
            version: '1.0.0',
            worker: { hooks: { startWorker: (_, { worker }) => liveness.hold(worker.workerPool.id) } },
          },
        ],
        worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    };
  }

  #tasks(handlers: Map<string, RegisteredHandler>): TaskList {
    return Object.fromEntries(
      [...handlers].map(([task, registered]) => [
        task,
        (payload, helpers) => this.execution.run(registered, payload, helpers),
      ]),
    ) satisfies TaskList;
  }

  #newLiveness(): WorkerLiveness {
    return new WorkerLiveness({
      connectionString: this.config.DATABASE_WORKER_URL,
      pool: this.workers.pool,
      intervalMs: LIVENESS_INTERVAL_MS,
      onError: (error) =>
        this.#logger.warn({ err: error }, 'A worker failed to send its heartbeat or to check on others.'),
      onRecovered: (workerIds) => {
        this.metrics.workersRecovered(workerIds.length);
        this.#logger.warn({ workerIds }, 'Workers have crashed; their tasks were returned to the queue.');
      },
    });
  }
}
