import { Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { TenantChangeLog } from '../tenant-change-log.js';
import { TenantDeletionRepository, type TenantTable } from './tenant-deletion.repository.js';

/** At a time, so that one run stays short; the next one goes on. */
const TENANTS = 100;
/** Far from the statement's timeout, also for rows that many others could refer to. */
const ROWS = 1000;

/** Deletes for good what was scheduled for deletion and not taken back. */
@Injectable()
export class TenantDeletionService {
  constructor(
    private readonly tenants: TenantDeletionRepository,
    private readonly log: TenantChangeLog,
    private readonly identities: IdentityCache,
  ) {}

  /**
   * Deletes the tenant and everything it owns if it still awaits deletion and its time has come. True when it did.
   * Its rows go in small transactions: one that took all of them would never end in time for a large tenant. What is gone when
   * it is interrupted stays gone, and the next call goes on. @throws the signal's reason when it aborts between two of them.
   */
  async deleteIfDue(tenantId: string, signal?: AbortSignal): Promise<boolean> {
    if (!(await this.tenants.begin(tenantId))) return false;
    await this.deleteRows(tenantId, signal);
    const deleted = await this.tenants.finish(tenantId);
    if (deleted) {
      this.identities.forgetTenant(tenantId);
      this.log.note(SYSTEM_ACTOR, tenantId, 'tenant.deleted');
    }
    return deleted;
  }

  /** The same for all tenants whose time has come: a net under the jobs that were enqueued for each. */
  async deleteAllDue(signal?: AbortSignal): Promise<void> {
    for (const tenantId of await this.tenants.findDue(TENANTS)) await this.deleteIfDue(tenantId, signal);
  }

  private async deleteRows(tenantId: string, signal?: AbortSignal): Promise<void> {
    const tables = await this.tenants.tables();
    await this.emptyAll(tables, tenantId, signal);
    // Where rows refer to each other within a table or in a circle, each round frees those that the next one can take.
    const stubborn = tables.filter(({ empties }) => !empties);
    while ((await this.emptyAll(stubborn, tenantId, signal)) > 0);
  }

  private async emptyAll(tables: readonly TenantTable[], tenantId: string, signal?: AbortSignal): Promise<number> {
    let deleted = 0;
    for (const table of tables) {
      for (let batch = ROWS; batch >= ROWS; deleted += batch) {
        signal?.throwIfAborted();
        batch = await this.tenants.deleteRows(tenantId, table, ROWS);
      }
    }
    return deleted;
  }
}
