import { Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { DrainService } from '../http/drain.service.js';
import { QueueHealth } from '../queue/queue-health.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { SchemaStateService } from '../prisma/schema-state.js';

const TIMEOUT_MS = 1000;
/** Database checks are shared by all probes within this time. */
const CACHE_MS = 500;

/** Decides whether this process should receive requests. */
@Injectable()
export class Readiness {
  private readonly logger = new Logger(Readiness.name);
  private wasReady = true;
  private everReady = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly prisma: PrismaService,
    private readonly schema: SchemaStateService,
    private readonly queue: QueueHealth,
    private readonly drain: DrainService,
  ) {}

  /** Checks database, migrations and queue. Never `ok` again once the process drains. */
  async check(): Promise<HealthCheckResult> {
    if (this.drain.isDraining) return { status: 'shutting_down', info: {}, error: {}, details: {} };
    const result = await this.ask();
    this.logChange(result);
    this.everReady ||= result.status === 'ok';
    return result;
  }

  /** `ok` once the process has been ready, whatever happens to the database afterwards. */
  async checkStarted(): Promise<HealthCheckResult> {
    return this.everReady ? { status: 'ok', info: {}, error: {}, details: {} } : this.check();
  }

  private async ask(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([
        () => this.indicator('database', () => this.assertDatabase()),
        () => this.indicator('migrations', () => this.assertMigrations()),
        () => this.indicator('queue', () => this.assertQueue()),
      ]);
    } catch (error) {
      // Terminus throws this when a check is down.
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  private indicator(name: string, attempt: () => Promise<void>) {
    return this.indicators.check(name).attempt(attempt).withTimeout(TIMEOUT_MS).cacheFor(CACHE_MS);
  }

  private async assertDatabase(): Promise<void> {
    const state = await this.prisma.ping(TIMEOUT_MS);
    if (state === 'away') throw new Error('The database does not respond.');
    if (state === 'read-only') throw new Error('The database is read-only.');
  }

  private async assertMigrations(): Promise<void> {
    // Probes are public: driver messages may name hosts and roles, so they go to the log only.
    const state = await this.schema.check().catch((error: unknown) => {
      this.logger.debug({ err: error }, 'Failed to read the migrations');
      return { ok: false, detail: 'The migrations cannot be read.' };
    });
    if (!state.ok) throw new Error(state.detail);
  }

  private async assertQueue(): Promise<void> {
    const { ok, detail } = await this.queue.check();
    if (!ok) throw new Error(detail);
  }

  private logChange(result: HealthCheckResult): void {
    const isReady = result.status === 'ok';
    if (isReady === this.wasReady) return;
    this.wasReady = isReady;
    if (isReady) this.logger.log('Ready again');
    else this.logger.warn({ problems: result.error }, 'Not ready');
  }
}
