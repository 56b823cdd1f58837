import { Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../common/auth/actor.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { TenantChangeLog } from '../tenant-change-log.js';
import { TenantsRepository } from '../tenants.repository.js';

/** At a time, so that one run stays short; the next one goes on. */
const BATCH = 100;

/** Deletes for good what was scheduled for deletion and not taken back. */
@Injectable()
export class TenantDeletionService {
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly log: TenantChangeLog,
    private readonly identities: IdentityCache,
  ) {}

  /** Deletes the tenant and everything it owns if it still awaits deletion and its time has come. True when it did. */
  async deleteIfDue(tenantId: string): Promise<boolean> {
    const deleted = await this.tenants.deleteDue(tenantId);
    if (deleted) {
      this.identities.forgetTenant(tenantId);
      this.log.note(SYSTEM_ACTOR, tenantId, 'tenant.deleted');
    }
    return deleted;
  }

  /** The same for all tenants whose time has come: a net under the jobs that were enqueued for each. */
  async deleteAllDue(): Promise<void> {
    for (const tenantId of await this.tenants.findDue(BATCH)) await this.deleteIfDue(tenantId);
  }
}
