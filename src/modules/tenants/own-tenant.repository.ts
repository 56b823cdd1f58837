import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import { TENANT_COLUMNS, toTenant } from './tenant-row.js';
import { namingConflicts } from './naming-conflicts.js';
import type { OwnTenantChanges, Tenant } from './tenants.types.js';

/** Reads and writes the tenant's own row. The table's policy hides all others, so no statement here filters by id. */
@Injectable()
export class OwnTenantRepository {
  constructor(private readonly prisma: PrismaService) {}

  async find(): Promise<Tenant | null> {
    const row = await this.prisma.tenant.findFirst({ select: TENANT_COLUMNS });
    return row && toTenant(row);
  }

  /** Locks the row until the running transaction ends. */
  async findForUpdate(): Promise<Tenant | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM tenants FOR NO KEY UPDATE`;
    return this.find();
  }

  /**
   * Takes a named lock until the running transaction ends, so that concurrent transactions count and add one after the
   * other.
   */
  async lock(name: string): Promise<void> {
    await this.prisma.$executeRaw`SELECT app.lock_in_tenant(${name})`;
  }

  /** Returns null if the tenant no longer exists. */
  update(changes: OwnTenantChanges): Promise<Tenant | null> {
    return namingConflicts(async () => {
      const [row] = await this.prisma.tenant.updateManyAndReturn({
        data: { ...changes, version: { increment: 1 } },
        select: TENANT_COLUMNS,
      });
      return row ? toTenant(row) : null;
    });
  }
}
