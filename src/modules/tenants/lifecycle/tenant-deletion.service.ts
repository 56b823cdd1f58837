import { Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { TenantChangeLog } from '../tenant-change-log.js';
import { TenantDeletionRepository, type TenantTable } from './tenant-deletion.repository.js';

/** Maximum number of tenants per run, to keep it short; the next run continues. */
const TENANTS = 100;
/** Rows per transaction: well below the statement timeout, even for rows that many others may refer to. */
const ROWS = 1000;

/** Permanently deletes tenants whose scheduled deletion is due. */
@Injectable()
export class TenantDeletionService {
  constructor(
    private readonly tenants: TenantDeletionRepository,
    private readonly log: TenantChangeLog,
    private readonly identities: IdentityCache,
  ) {}

  /**
   * Deletes the tenant and all its data if it is still pending deletion and due. Returns whether it did. Rows are
   * deleted in small transactions: a single one would exceed its time limit for a large tenant. After an interruption
   * the next call continues.
   * @throws the signal's reason when it aborts between two transactions.
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

  /** Does the same for all due tenants, in case the task that was enqueued for one of them is lost. */
  async deleteAllDue(signal?: AbortSignal): Promise<void> {
    for (const tenantId of await this.tenants.findDue(TENANTS)) await this.deleteIfDue(tenantId, signal);
  }

  private async deleteRows(tenantId: string, signal?: AbortSignal): Promise<void> {
    const tables = await this.tenants.tables();
    await this.emptyAll(tables, tenantId, signal);
    // If rows refer to each other within a table or a cycle, each round frees rows for the next one.
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
