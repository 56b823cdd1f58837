import { Injectable, Logger } from '@nestjs/common';
import type { JobHelpers } from 'graphile-worker';
import { ClsService } from 'nestjs-cls';
import { KeyedCounts } from '../concurrency/keyed-counts.js';
import { Config } from '../config/config.js';
import { TenantStatesReadModel } from './tenant-states.read-model.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { Tracing } from '../tracing/tracing.js';
import { complete } from './task-completion.js';
import { type TaskEnvelope, readEnvelope } from './task-envelope.js';
import type { RegisteredHandler } from './task-registry.js';
import { QueueMetrics, type TaskOutcome } from './queue-metrics.js';
import { TaskPostponedError } from './task-postponed.error.js';

/** Until a job is looked at again whose tenant is not ACTIVE. Provisioning is a matter of seconds, the rest of people. */
const RETRY_WHEN_PROVISIONED_MS = 5000;
const RETRY_WHEN_SUSPENDED_MS = 600_000;
const RETRY_WHEN_SHARE_IS_FREE_MS = 1000;

/** Runs one task: enters its tenant, then calls the handler. */
@Injectable()
export class TaskExecution {
  /** The running tasks of each tenant, so that none takes all workers of this process. */
  readonly #running = new KeyedCounts();
  /** A tenant's share of the workers; with a single worker, that one. */
  readonly #share: number;
  readonly #logger = new Logger(TaskExecution.name);

  constructor(
    config: Config,
    private readonly cls: ClsService,
    private readonly tenants: TenantContext,
    private readonly states: TenantStatesReadModel,
    private readonly metrics: QueueMetrics,
    private readonly tracing: Tracing,
  ) {
    this.#share = Math.max(1, Math.floor(config.WORKER_CONCURRENCY * 0.6));
  }

  /** The tenants that have their share of the workers at the moment. */
  fullTenants(): string[] {
    return this.#running.reaching(this.#share);
  }

  /**
   * A job of a tenant that is gone is dropped. One of a tenant that is not ACTIVE is postponed as often as it takes; its
   * attempts do not count meanwhile.
   * @throws whatever the handler throws: the attempt failed; TaskPostponedError.
   */
  async run(registered: RegisteredHandler, stored: unknown, helpers: JobHelpers): Promise<void> {
    const startedAt = performance.now();
    let outcome: TaskOutcome = 'failed';
    try {
      const envelope = readEnvelope(stored);
      // A context of its own, whatever the one is in which the queue's timers and sockets were made.
      outcome = await this.cls.run({ ifNested: 'override' }, () => this.#trace(registered, envelope, helpers));
      await complete(helpers);
    } catch (error) {
      if (error instanceof TaskPostponedError) outcome = 'postponed';
      throw error;
    } finally {
      this.metrics.observe(registered.task, outcome, performance.now() - startedAt);
    }
  }

  /** In a span of its own, whatever the one is in which the queue was started. */
  #trace(registered: RegisteredHandler, envelope: TaskEnvelope, helpers: JobHelpers): Promise<TaskOutcome> {
    const { tenantId, traceparent } = envelope;
    const attributes = {
      'tenantry.task': registered.task,
      'tenantry.task.attempt': helpers.job.attempts,
      'tenantry.tenant.id': tenantId,
    };
    return this.tracing.inSpan(
      `task ${registered.task}`,
      { kind: 'consumer', parent: { traceparent }, attributes },
      () =>
        tenantId === undefined
          ? this.#call(registered, envelope, helpers)
          : this.#runInTenant(registered, envelope, tenantId, helpers),
      (error) => error instanceof TaskPostponedError,
    );
  }

  async #runInTenant(
    registered: RegisteredHandler,
    envelope: TaskEnvelope,
    tenantId: string,
    helpers: JobHelpers,
  ): Promise<TaskOutcome> {
    if (!this.#running.enter(tenantId, this.#share)) return this.#postpone(helpers, RETRY_WHEN_SHARE_IS_FREE_MS);
    try {
      const status = await this.states.statusOf(tenantId);
      if (status === null) {
        this.#logger.warn(
          { task: registered.task, jobId: helpers.job.id, tenantId },
          'Dropped a task whose tenant no longer exists.',
        );
        return 'dropped';
      }
      if (status === 'PROVISIONING') return await this.#postpone(helpers, RETRY_WHEN_PROVISIONED_MS);
      if (status !== 'ACTIVE') return await this.#postpone(helpers, RETRY_WHEN_SUSPENDED_MS);
      return await this.tenants.run({ tenantId, source: 'job' }, () => this.#call(registered, envelope, helpers));
    } finally {
      this.#running.leave(tenantId);
    }
  }

  async #call({ task, handler }: RegisteredHandler, { data }: TaskEnvelope, helpers: JobHelpers): Promise<TaskOutcome> {
    const { id, attempts: attempt, max_attempts: maxAttempts, locked_by: workerId } = helpers.job;
    await handler.handle(data, {
      id,
      task,
      attempt,
      maxAttempts,
      workerId: workerId ?? '',
      signal: helpers.abortSignal,
    });
    return 'done';
  }

  async #postpone(helpers: JobHelpers, delayMs: number): Promise<TaskOutcome> {
    const { id, locked_by: workerId, attempts } = helpers.job;
    const { rows } = await helpers.query<{ postponed: boolean }>('SELECT jobs.postpone($1, $2, $3, $4) AS postponed', [
      id,
      workerId,
      attempts,
      delayMs,
    ]);
    // graphile-worker deletes a job that returns, whoever holds it by now; one that throws it touches only if still its own.
    if (rows[0]?.postponed) throw new TaskPostponedError(delayMs);
    return 'dropped';
  }
}
