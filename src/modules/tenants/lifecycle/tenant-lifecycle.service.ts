import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { PlatformDbalService } from '../../../common/dbal/platform-dbal.service.js';
import { assertIfMatch } from '../../../common/contracts/etag.js';
import { PlatformQueueService } from '../../../common/queue/platform-queue.service.js';
import { TenantChangeLog } from '../tenant-change-log.js';
import { deletionBegun, invalidTransition, tenantNotFound } from '../tenants.errors.js';
import { TenantsRepository } from '../tenants.repository.js';
import type { Tenant } from '../tenants.types.js';
import { DELETION_DELAY_MS, type TenantTransition, transitionOf } from './tenant-lifecycle.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

/**
 * Changes the status of tenants. All methods throw NotFoundError `tenant.not_found` and, if the current status does not
 * allow the transition, ConflictError `tenant.invalid_transition` (`tenant.deletion_begun` if deletion has begun).
 * Concurrent transitions are serialized: the second one sees the status that the first one set.
 */
@Injectable()
export class TenantLifecycleService {
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly dbal: PlatformDbalService,
    private readonly queue: PlatformQueueService,
    private readonly log: TenantChangeLog,
    private readonly identities: IdentityCache,
  ) {}

  /** Stops serving an ACTIVE tenant at once. */
  suspend(actor: Actor, id: string): Promise<Tenant> {
    return this.dbal.transaction(() => this.move(actor, id, 'suspend', 'tenant.suspended'));
  }

  /** Serves a SUSPENDED tenant again. */
  activate(actor: Actor, id: string): Promise<Tenant> {
    return this.dbal.transaction(() => this.move(actor, id, 'activate', 'tenant.activated'));
  }

  /**
   * Reverses a scheduled deletion. The tenant is SUSPENDED afterwards; use `activate` to serve it again.
   * @throws ConflictError `tenant.deletion_begun` once rows are being deleted.
   */
  restore(actor: Actor, id: string): Promise<Tenant> {
    return this.dbal.transaction(() => this.move(actor, id, 'restore', 'tenant.restored'));
  }

  /**
   * Stops serving the tenant; after 30 days the tenant and all its data are deleted permanently.
   * @param ifMatch the entity tag the caller knows, if any.
   * @throws StaleVersionError, in addition.
   */
  scheduleDeletion(actor: Actor, id: string, ifMatch?: string): Promise<Tenant> {
    return this.dbal.transaction(async () => {
      const current = await this.tenants.findForUpdate(id);
      if (!current) throw tenantNotFound();
      assertIfMatch(ifMatch, current);
      const dueAt = databaseTimeIn(DELETION_DELAY_MS);
      const tenant = await this.move(actor, id, 'schedule_deletion', 'tenant.deletion_scheduled', dueAt);
      await this.queue.enqueue('tenant.delete', { tenantId: id }, { runAt: dueAt, jobKey: `tenant.delete:${id}` });
      return tenant;
    });
  }

  private async move(
    actor: Actor,
    id: string,
    transition: TenantTransition,
    action: string,
    dueAt?: Date,
  ): Promise<Tenant> {
    const { from, to } = transitionOf(transition);
    const tenant = await this.tenants.changeStatus(id, from, to, dueAt);
    if (!tenant) {
      const current = await this.tenants.findById(id);
      if (!current) throw tenantNotFound();
      throw current.deletionStartedAt ? deletionBegun() : invalidTransition(current.status, from);
    }
    await this.log.record(actor, id, action, dueAt && { dueAt: dueAt.toISOString() });
    this.dbal.afterCommit(() => this.identities.forgetTenant(id));
    return tenant;
  }
}
