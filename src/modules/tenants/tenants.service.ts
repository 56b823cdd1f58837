import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/identity/actor.js';
import { IdentityCache } from '../../common/auth/identity-cache.js';
import { Config } from '../../common/config/config.js';
import { PlatformDbalService } from '../../common/dbal/platform-dbal.service.js';
import { assertIfMatch, type VersionSource } from '../../common/contracts/etag.js';
import { type PageQuery, parseSort, toSlice } from '../../common/contracts/page.js';
import { type ProvisionedTenant, ProvisioningService } from './provisioning/provisioning.service.js';
import { mergeFreeObjects, mergeQuota } from './settings-merge.js';
import { changeDetails } from './tenant-audit-details.js';
import { TenantChangeLog } from './tenant-change-log.js';
import { belongsToBaseDomain, schemaNameOf } from './tenant-names.js';
import { domainReserved, tenantNotFound } from './tenants.errors.js';
import { TenantsRepository } from './tenants.repository.js';
import {
  type ListedTenant,
  type Tenant,
  TENANT_SORTS,
  type TenantFilter,
  type TenantOrder,
  type TenantPatch,
} from './tenants.types.js';

/** Manages the registry of tenants, for platform admins. */
@Injectable()
export class TenantsService implements VersionSource {
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly provisioning: ProvisioningService,
    private readonly dbal: PlatformDbalService,
    private readonly log: TenantChangeLog,
    private readonly identities: IdentityCache,
    private readonly config: Config,
  ) {}

  /** Returns one page, newest first. @throws InvalidInputError for an unsupported sort order. */
  list(query: PageQuery & TenantFilter & { sort?: string }): Promise<{ rows: ListedTenant[]; total: number }> {
    const orderBy = parseSort(query.sort, TENANT_SORTS, '-createdAt');
    return this.tenants.findPage(query, { ...toSlice(query), orderBy });
  }

  /** @throws NotFoundError `tenant.not_found`. */
  async get(id: string): Promise<Tenant> {
    const tenant = await this.tenants.findById(id);
    if (!tenant) throw tenantNotFound();
    return tenant;
  }

  /** @throws NotFoundError `tenant.not_found`. */
  currentVersion({ id }: { id: string }): Promise<Tenant> {
    return this.get(id);
  }

  /**
   * Provisions a tenant with its owner; if no password is given, the result contains an invitation token.
   * @throws what `ProvisioningService.provision` throws; InvalidInputError for a domain under the base domain.
   */
  async create(actor: Actor, order: TenantOrder): Promise<ProvisionedTenant> {
    const { ownerEmail, ownerPassword, settings, theme, metadata, quota, ...columns } = order;
    this.assertDomainIsFree(order.domain);
    const free = mergeFreeObjects({ settings: {}, theme: {}, metadata: {} }, { settings, theme, metadata });
    const tenant = { ...columns, ...free, quota: mergeQuota({}, quota), schemaName: schemaNameOf(order.slug) };
    const made = await this.provisioning.provision(actor, tenant, {
      owner: { email: ownerEmail, password: ownerPassword },
    });
    // A request may have looked it up before, or while it was being created.
    this.identities.forgetTenant(made.tenant.id);
    return made;
  }

  /**
   * @param ifMatch the entity tag the caller knows, if any.
   * @throws StaleVersionError; NotFoundError; ConflictError `tenant.name_taken`, `tenant.domain_taken`;
   * InvalidInputError as `create`; UnprocessableError `tenant.settings_too_large`.
   */
  update(actor: Actor, id: string, patch: TenantPatch, ifMatch?: string): Promise<Tenant> {
    return this.dbal.transaction(async () => {
      const tenant = await this.tenants.findForUpdate(id);
      if (!tenant) throw tenantNotFound();
      assertIfMatch(ifMatch, tenant);
      this.assertDomainIsFree(patch.domain);
      const { settings, theme, metadata, quota, ...columns } = patch;
      const changes = {
        ...columns,
        ...mergeFreeObjects(tenant, { settings, theme, metadata }),
        quota: mergeQuota(tenant.quota, quota),
      };
      const fields = fieldsOf(changes);
      if (fields.length === 0) return tenant;
      // The record precedes the change (see `TenantChangeLog`), so conflicts are detected before it.
      await this.tenants.assertFree(id, changes);
      await this.log.record(actor, id, 'tenant.updated', changeDetails(tenant, changes, fields));
      const updated = await this.tenants.update(id, changes);
      if (!updated) throw tenantNotFound();
      if (updated.domain !== tenant.domain) this.dbal.afterCommit(() => this.identities.forgetTenant(id));
      return updated;
    });
  }

  private assertDomainIsFree(domain: string | null | undefined): void {
    if (domain && belongsToBaseDomain(domain, this.config.BASE_DOMAIN)) throw domainReserved();
  }
}

/** Returns the names of the fields that a change sets. */
export function fieldsOf(changes: object): string[] {
  return Object.entries(changes)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field);
}
