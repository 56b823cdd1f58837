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

/**
 * Delays before a task of a tenant that is not ACTIVE is tried again. Provisioning takes seconds; reactivation is up to
 * people.
 */
const RETRY_WHEN_PROVISIONED_MS = 5000;
const RETRY_WHEN_SUSPENDED_MS = 600_000;
const RETRY_WHEN_SHARE_IS_FREE_MS = 1000;

/** Runs one task: enters its tenant, then calls the handler. */
@Injectable()
export class TaskExecution {
  /** Running tasks per tenant, so that no tenant occupies all workers of this process. */
  readonly #running = new KeyedCounts();
  /** Maximum workers per tenant; with a single worker, that one. */
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

  /** Returns the tenants that currently use their full share of the workers. */
  fullTenants(): string[] {
    return this.#running.reaching(this.#share);
  }

  /**
   * Drops the task if its tenant no longer exists. Postpones it while the tenant is not ACTIVE, without counting
   * attempts.
   * @throws any error of the handler, which counts as a failed attempt; TaskPostponedError.
   */
  async run(registered: RegisteredHandler, stored: unknown, helpers: JobHelpers): Promise<void> {
    const startedAt = performance.now();
    let outcome: TaskOutcome = 'failed';
    try {
      const envelope = readEnvelope(stored);
      // A fresh context, independent of the one in which the queue's timers and sockets were created.
      outcome = await this.cls.run({ ifNested: 'override' }, () => this.#trace(registered, envelope, helpers));
      await complete(helpers);
    } catch (error) {
      if (error instanceof TaskPostponedError) outcome = 'postponed';
      throw error;
    } finally {
      this.metrics.observe(registered.task, outcome, performance.now() - startedAt);
    }
  }

  /** Starts a separate span, independent of the one in which the queue was started. */
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
    // Throw rather than return: graphile-worker deletes a task that returns, even if another worker holds it by now;
    // after an error it only updates the task if this worker still holds it.
    if (rows[0]?.postponed) throw new TaskPostponedError(delayMs);
    return 'dropped';
  }
}
