import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';

export interface TenantTable {
  readonly name: string;
  /** False where rows may stay that others refer to: in tables that refer to themselves, in a circle, or stand behind one. */
  readonly empties: boolean;
}

/** Tenants on their way out. What is due is decided by the database's clock. */
@Injectable()
export class TenantDeletionRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  /** Ids of the tenants whose time has come, the longest due first. */
  async findDue(limit: number): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT id::text FROM tenants WHERE status = 'PENDING_DELETION' AND deletion_scheduled_at <= now()
      ORDER BY deletion_scheduled_at LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }

  /** From here on the deletion cannot be taken back. True also when it had begun before; false when the tenant is not due. */
  async begin(id: string): Promise<boolean> {
    const begun = await this.prisma.$executeRaw`
      UPDATE tenants SET deletion_started_at = coalesce(deletion_started_at, now())
      WHERE id = ${id}::uuid AND status = 'PENDING_DELETION' AND deletion_scheduled_at <= now()`;
    return begun > 0;
  }

  /** Every table that holds rows of tenants, as the catalog knows them: those that refer to others first. */
  tables(): Promise<TenantTable[]> {
    return this.prisma.$queryRaw`SELECT name, empties FROM app.tenant_tables() ORDER BY place`;
  }

  /** Deletes at most so many rows of a tenant whose deletion has begun, in a transaction of its own. Returns how many. */
  async deleteRows(id: string, { name, empties }: TenantTable, limit: number): Promise<number> {
    const [row] = await this.prisma.$queryRaw<{ deleted: number }[]>`
      SELECT app.delete_rows_of_tenant(${id}::uuid, ${name}, ${!empties}, ${limit}::integer) AS deleted`;
    return row!.deleted;
  }

  /** Removes the tenant and what is left of it, if it still awaits deletion and its time has come. */
  async finish(id: string): Promise<boolean> {
    const deleted = await this.prisma.$executeRaw`
      DELETE FROM tenants WHERE id = ${id}::uuid AND status = 'PENDING_DELETION' AND deletion_scheduled_at <= now()`;
    return deleted > 0;
  }
}
