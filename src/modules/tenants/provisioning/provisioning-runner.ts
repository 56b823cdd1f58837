import { Injectable, Logger } from '@nestjs/common';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { AppError, UnavailableError } from '../../../common/errors/app-error.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { truncate } from '../../../common/values/text-length.js';
import { ProvisioningPace } from './provisioning-pace.js';
import { ProvisioningProgressRepository } from './provisioning-progress.repository.js';
import type { ProvisioningOutcome, ProvisioningRequest, ProvisioningTenant } from './provisioning-step.js';
import { type DiscoveredStep, ProvisioningStepRegistry } from './provisioning-step-registry.js';

/** PostgreSQL aborts transactions that are idle for longer. */
const LONGEST_TRANSACTION_MS = 30_000;

/** A step could not be applied. Caught within this folder. */
export class StepFailure extends Error {
  constructor(
    readonly step: string,
    override readonly cause: unknown,
  ) {
    super(`Provisioning step ${step} failed.`);
  }
}

/** Time by which all of provisioning must have ended, on the clock `ProvisioningPace.now()`. */
export interface Deadline {
  readonly at: number;
}

/** Applies and rolls back the steps of provisioning, and records them. */
@Injectable()
export class ProvisioningRunner {
  private readonly logger = new Logger(ProvisioningRunner.name);

  constructor(
    private readonly steps: ProvisioningStepRegistry,
    private readonly progress: ProvisioningProgressRepository,
    private readonly tenants: TenantContext,
    private readonly dbal: DbalService,
    private readonly pace: ProvisioningPace,
  ) {}

  /** Applies all steps in order. Does not roll back. @throws StepFailure naming the step that failed permanently. */
  async apply(
    tenant: ProvisioningTenant,
    request: ProvisioningRequest,
    deadline: Deadline,
  ): Promise<ProvisioningOutcome> {
    const outcome: ProvisioningOutcome = {};
    for (const [position, step] of this.steps.all.entries()) {
      await this.progress.start(tenant.id, step.name, position);
      Object.assign(outcome, await this.applyOne(step, tenant, request, deadline));
      await this.progress.note(tenant.id, step.name, { status: 'done' });
    }
    return outcome;
  }

  /**
   * Rolls back every step that was started, the last one first. Failures are recorded and logged, and the remaining
   * steps are still rolled back.
   */
  async rollback(tenant: ProvisioningTenant): Promise<void> {
    for (const name of await this.progress.findStarted(tenant.id)) {
      try {
        const step = this.steps.find(name);
        if (!step) throw new Error('This version of the application does not know the step.');
        await this.inTenant(tenant, LONGEST_TRANSACTION_MS, () => step.handler.rollback(tenant));
        await this.progress.note(tenant.id, name, { status: 'rolled_back' });
      } catch (error) {
        this.logger.error({
          msg: 'Failed to roll back a provisioning step.',
          tenantId: tenant.id,
          step: name,
          err: error,
        });
        await this.progress.note(tenant.id, name, { status: 'rollback_failed', lastError: summaryOf(error) });
      }
    }
  }

  private async applyOne(
    step: DiscoveredStep,
    tenant: ProvisioningTenant,
    request: ProvisioningRequest,
    deadline: Deadline,
  ): Promise<ProvisioningOutcome | void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const left = deadline.at - this.pace.now();
        if (left <= 0) throw new UnavailableError('tenant.provisioning_timeout', 'It took too long.');
        return await this.inTenant(tenant, Math.min(left, LONGEST_TRANSACTION_MS), () =>
          step.handler.apply(tenant, request),
        );
      } catch (error) {
        const failure = { attempts: attempt, lastError: summaryOf(error) };
        const isLast = attempt >= this.pace.attempts || !mayHelpToRepeat(error) || this.pace.now() >= deadline.at;
        await this.progress.note(tenant.id, step.name, { status: isLast ? 'failed' : 'running', ...failure });
        if (isLast) throw new StepFailure(step.name, error);
        await this.pace.backOff(attempt);
      }
    }
  }

  private inTenant<T>(tenant: ProvisioningTenant, timeoutMs: number, fn: () => Promise<T>): Promise<T> {
    return this.tenants.run({ tenantId: tenant.id, source: 'provisioning' }, () =>
      this.dbal.transaction(fn, { timeoutMs: Math.ceil(timeoutMs) }),
    );
  }
}

/** Application errors are permanent: the same request would be refused again. */
function mayHelpToRepeat(error: unknown): boolean {
  return !(error instanceof AppError) || error instanceof UnavailableError;
}

/**
 * Returns a single line for the record. The first lines of a database error repeat the arguments, so only the last line
 * is kept.
 */
export function summaryOf(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  if (!(error instanceof Error)) return 'Unknown error.';
  const lastLine = error.message.trimEnd().split('\n').at(-1) ?? '';
  return truncate(`${error.name}: ${lastLine.trim()}`, 500);
}
