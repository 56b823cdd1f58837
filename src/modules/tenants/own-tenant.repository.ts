import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import { TENANT_COLUMNS, toTenant } from './tenant-row.js';
import { namingConflicts } from './naming-conflicts.js';
import type { OwnTenantChanges, Tenant } from './tenants.types.js';

/** The tenant's own row. The policy on the table shows no other, so no statement here says which. */
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

  /** Held to the end of the running transaction: one at a time counts something and adds to it. */
  async lock(name: string): Promise<void> {
    await this.prisma.$executeRaw`SELECT app.lock_in_tenant(${name})`;
  }

  /** Null when the tenant is gone. */
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
