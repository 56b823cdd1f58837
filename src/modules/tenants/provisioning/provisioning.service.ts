import { Injectable, Logger } from '@nestjs/common';
import { SYSTEM_ACTOR, type Actor } from '../../../common/identity/actor.js';
import { PlatformDbalService } from '../../../common/dbal/platform-dbal.service.js';
import { PlatformQueueService } from '../../../common/queue/platform-queue.service.js';
import { transitionOf } from '../lifecycle/tenant-lifecycle.js';
import { TenantChangeLog } from '../tenant-change-log.js';
import { provisioningFailed } from '../tenants.errors.js';
import { TenantsRepository } from '../tenants.repository.js';
import type { NewTenant, Tenant } from '../tenants.types.js';
import { ProvisioningPace } from './provisioning-pace.js';
import { ProvisioningRunner, StepFailure } from './provisioning-runner.js';
import type { ProvisioningOutcome, ProvisioningRequest } from './provisioning-step.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

export interface ProvisionedTenant {
  tenant: Tenant;
  owner: NonNullable<ProvisioningOutcome['owner']>;
  invitationToken?: string;
}

/**
 * Creates tenants from steps that cannot share one transaction. If an error or the end of the process interrupts it,
 * everything created so far is removed, and only the record of the steps remains.
 */
@Injectable()
export class ProvisioningService {
  private readonly logger = new Logger(ProvisioningService.name);

  constructor(
    private readonly tenants: TenantsRepository,
    private readonly runner: ProvisioningRunner,
    private readonly dbal: PlatformDbalService,
    private readonly queue: PlatformQueueService,
    private readonly log: TenantChangeLog,
    private readonly pace: ProvisioningPace,
  ) {}

  /**
   * @throws ConflictError `tenant.slug_taken`, `tenant.name_taken`, `tenant.domain_taken`; AppError
   * `tenant.provisioning_failed` naming the step. In either case nothing of the tenant remains. Error when called
   * inside a platform transaction: steps must see the committed row.
   */
  async provision(actor: Actor, newTenant: NewTenant, request: ProvisioningRequest): Promise<ProvisionedTenant> {
    if (this.dbal.isActive) throw new Error('Provisioning commits each step; it cannot join a transaction.');
    const deadline = { at: this.pace.now() + this.pace.budgetMs };
    const tenant = await this.register(newTenant);
    try {
      const { owner, invitationToken } = await this.runner.apply(tenant, request, deadline);
      if (!owner) throw new StepFailure('owner_created', new Error('No provisioning step has created an owner.'));
      await this.log.record(actor, tenant.id, 'tenant.created', { slug: tenant.slug, plan: tenant.plan });
      return { tenant: await this.finish(tenant, deadline.at), owner, invitationToken };
    } catch (error) {
      await this.undo(tenant);
      if (!(error instanceof StepFailure)) throw error;
      this.logger.error({ err: error.cause, tenantId: tenant.id, step: error.step }, error.message);
      throw provisioningFailed(error.step, error.cause);
    }
  }

  /**
   * Removes a tenant whose provisioning was interrupted. Does nothing if provisioning was completed or the tenant is
   * gone.
   */
  async recover(tenantId: string): Promise<void> {
    await this.dbal.transaction(
      async () => {
        // Locked until the end, so that a provisioning which is merely slow can no longer complete.
        const tenant = await this.tenants.findForUpdate(tenantId);
        if (tenant?.status !== 'PROVISIONING') return;
        await this.runner.rollback(tenant);
        await this.tenants.deleteProvisioning(tenantId);
        this.log.note(SYSTEM_ACTOR, tenantId, 'tenant.provisioning_recovered', { slug: tenant.slug });
      },
      { timeoutMs: this.pace.recoveryMarginMs },
    );
  }

  /** Committed before any step, together with the task that cleans up after an interruption. */
  private register(newTenant: NewTenant): Promise<Tenant> {
    return this.dbal.transaction(async () => {
      const tenant = await this.tenants.create(newTenant);
      await this.queue.enqueue(
        'tenant.recover_provisioning',
        { tenantId: tenant.id },
        {
          runAt: databaseTimeIn(this.pace.budgetMs + this.pace.recoveryMarginMs),
          jobKey: `tenant.recover_provisioning:${tenant.id}`,
        },
      );
      return tenant;
    });
  }

  private async finish(tenant: Tenant, deadline: number): Promise<Tenant> {
    const { from, to } = transitionOf('finish_provisioning');
    const isLate = this.pace.now() >= deadline;
    const active = isLate ? null : await this.tenants.changeStatus(tenant.id, from, to);
    if (!active) throw new StepFailure('activated', new Error('It took too long.'));
    return active;
  }

  /** Never throws, so that the caller receives the reason of the failure. The recovery task removes what is left. */
  private async undo(tenant: Tenant): Promise<void> {
    try {
      await this.runner.rollback(tenant);
      await this.tenants.deleteProvisioning(tenant.id);
      this.log.note(SYSTEM_ACTOR, tenant.id, 'tenant.provisioning_undone', { slug: tenant.slug });
    } catch (error) {
      this.logger.error({ err: error, tenantId: tenant.id }, 'A failed provisioning is left to the recovery task.');
    }
  }
}
