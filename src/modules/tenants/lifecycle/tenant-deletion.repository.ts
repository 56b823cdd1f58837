import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';

export interface TenantTable {
  readonly name: string;
  /**
   * False if one pass may leave rows behind because others refer to them: in tables that refer to themselves, are part
   * of a cycle, or are referenced by such tables.
   */
  readonly empties: boolean;
}

/** Reads and deletes tenants that are scheduled for deletion. The database's clock decides which are due. */
@Injectable()
export class TenantDeletionRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  /** Returns ids of tenants that are due for deletion, the longest due first. */
  async findDue(limit: number): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT id::text FROM tenants WHERE status = 'PENDING_DELETION' AND deletion_scheduled_at <= now()
      ORDER BY deletion_scheduled_at LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }

  /**
   * Marks the deletion as begun, after which it cannot be reversed. Returns true also if it had begun before; false if
   * the tenant is not due.
   */
  async begin(id: string): Promise<boolean> {
    const begun = await this.prisma.$executeRaw`
      UPDATE tenants SET deletion_started_at = coalesce(deletion_started_at, now())
      WHERE id = ${id}::uuid AND status = 'PENDING_DELETION' AND deletion_scheduled_at <= now()`;
    return begun > 0;
  }

  /** Returns every table with rows of tenants, read from the catalog: referencing tables before referenced ones. */
  tables(): Promise<TenantTable[]> {
    return this.prisma.$queryRaw`SELECT name, empties FROM app.tenant_tables() ORDER BY place`;
  }

  /**
   * Deletes at most `limit` rows of a tenant whose deletion has begun, in a transaction of its own. Returns the number
   * of deleted rows.
   */
  async deleteRows(id: string, { name, empties }: TenantTable, limit: number): Promise<number> {
    const [row] = await this.prisma.$queryRaw<{ deleted: number }[]>`
      SELECT app.delete_rows_of_tenant(${id}::uuid, ${name}, ${!empties}, ${limit}::integer) AS deleted`;
    return row!.deleted;
  }

  /** Deletes the tenant and its remaining rows, if it is still pending deletion and due. */
  async finish(id: string): Promise<boolean> {
    const deleted = await this.prisma.$executeRaw`
      DELETE FROM tenants WHERE id = ${id}::uuid AND status = 'PENDING_DELETION' AND deletion_scheduled_at <= now()`;
    return deleted > 0;
  }
}
