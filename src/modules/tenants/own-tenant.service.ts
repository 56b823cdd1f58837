import { Injectable } from '@nestjs/common';
import { AuditService } from '../../common/audit/audit.service.js';
import type { Actor } from '../../common/identity/actor.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { assertIfMatch, type VersionSource } from '../../common/contracts/etag.js';
import { Manifests } from '../../common/manifest/manifests.js';
import { OwnTenantRepository } from './own-tenant.repository.js';
import { limitOf, limitsOf } from './plan-limits.js';
import { mergeFreeObjects } from './settings-merge.js';
import { changeDetails } from './tenant-audit-details.js';
import { TenantUsageReadModel } from './tenant-usage.read-model.js';
import { tenantNotFound } from './tenants.errors.js';
import { fieldsOf } from './tenants.service.js';
import type { OwnTenantPatch, Plan, ResourceUsage, Tenant, UserUsage } from './tenants.types.js';

export interface TenantUsage {
  plan: Plan;
  users: UserUsage & { limit: number | null };
  used: ResourceUsage;
  limits: Record<string, number | null>;
}

/** The tenant of the current context. */
@Injectable()
export class OwnTenantService implements VersionSource {
  constructor(
    private readonly tenant: OwnTenantRepository,
    private readonly usageOf: TenantUsageReadModel,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
    private readonly manifests: Manifests,
  ) {}

  /** @throws NotFoundError `tenant.not_found` when it was deleted in the meantime. */
  async get(): Promise<Tenant> {
    const tenant = await this.tenant.find();
    if (!tenant) throw tenantNotFound();
    return tenant;
  }

  /** Returns the current limit from the database, whereas `PlanLimits` may lag by a second; `null` is unlimited. */
  async limitOf(resource: string): Promise<number | null> {
    return limitOf(this.manifests.limits, await this.get(), resource);
  }

  currentVersion(): Promise<Tenant> {
    return this.get();
  }

  /**
   * @param ifMatch the entity tag the caller knows, if any.
   * @throws StaleVersionError; ConflictError `tenant.name_taken`; UnprocessableError `tenant.settings_too_large`.
   */
  update(actor: Actor, patch: OwnTenantPatch, ifMatch?: string): Promise<Tenant> {
    return this.dbal.transaction(async () => {
      const tenant = await this.tenant.findForUpdate();
      if (!tenant) throw tenantNotFound();
      assertIfMatch(ifMatch, tenant);
      const { settings, theme, metadata, ...columns } = patch;
      const changes = { ...columns, ...mergeFreeObjects(tenant, { settings, theme, metadata }) };
      const fields = fieldsOf(changes);
      if (fields.length === 0) return tenant;
      const updated = await this.tenant.update(changes);
      if (!updated) throw tenantNotFound();
      await this.audit.record(actor, {
        action: 'tenant.updated',
        targetType: 'tenant',
        targetId: tenant.id,
        details: changeDetails(tenant, changes, fields),
      });
      return updated;
    });
  }

  /** Returns the tenant's usage, and the limits of its plan and quota; `limit: null` is unlimited. */
  async usage(): Promise<TenantUsage> {
    const [tenant, users, used] = await Promise.all([
      this.get(),
      this.usageOf.countUsers(),
      this.usageOf.countResources(),
    ]);
    const limits = limitsOf(this.manifests.limits, tenant);
    return {
      plan: tenant.plan,
      users: { ...users, limit: limitOf(this.manifests.limits, tenant, 'users') },
      used,
      limits,
    };
  }
}
