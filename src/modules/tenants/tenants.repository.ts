import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../common/prisma/platform-prisma.service.js';
import { largeColumns, withLargeValues } from '../../common/dbal/large-values.repository.js';
import { paginate } from '../../common/dbal/paginate.js';
import { everyWordIn } from '../../common/prisma/text-search.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { namingConflicts } from './naming-conflicts.js';
import { domainTaken, nameTaken } from './tenants.errors.js';
import { TENANT_COLUMNS, TENANT_FACTS, toTenant } from './tenant-row.js';
import type { ListedTenant, NewTenant, Tenant, TenantChanges, TenantFilter, TenantStatus } from './tenants.types.js';

const LARGE = largeColumns('tenants', { settings: 'settings', theme: 'theme', metadata: 'metadata' });

/** Reads and writes the registry of all tenants, as the platform. */
@Injectable()
export class TenantsRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  findPage(
    filter: TenantFilter,
    window: { skip: number; take: number; orderBy: Prisma.TenantOrderByWithRelationInput[] },
  ): Promise<{ rows: ListedTenant[]; total: number }> {
    const where = toWhere(filter);
    return paginate(
      window,
      () => this.prisma.tenant.findMany({ where, select: TENANT_FACTS, ...window }),
      () => this.prisma.tenant.count({ where }),
      (rows) =>
        withLargeValues<(typeof rows)[number], Tenant, 'settings' | 'theme' | 'metadata'>(this.prisma, LARGE, rows),
    );
  }

  async findById(id: string): Promise<Tenant | null> {
    const row = await this.prisma.tenant.findFirst({ where: { id }, select: TENANT_COLUMNS });
    return row && toTenant(row);
  }

  /**
   * Locks the row against other changes until the running transaction ends; rows that refer to it can still be
   * inserted.
   */
  async findForUpdate(id: string): Promise<Tenant | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM tenants WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    return this.findById(id);
  }

  async findBySlug(slug: string): Promise<Tenant | null> {
    const row = await this.prisma.tenant.findFirst({ where: { slug }, select: TENANT_COLUMNS });
    return row && toTenant(row);
  }

  /** @throws ConflictError `tenant.name_taken`, `tenant.domain_taken` if another tenant has the name or the domain. */
  async assertFree(id: string, { name, domain }: Pick<TenantChanges, 'name' | 'domain'>): Promise<void> {
    const others = await this.prisma.tenant.findMany({
      where: { id: { not: id }, OR: [...(name ? [{ name }] : []), ...(domain ? [{ domain }] : [])] },
      select: { name: true },
    });
    if (others.some((other) => other.name === name)) throw nameTaken();
    if (others.length > 0) throw domainTaken();
  }

  create(tenant: NewTenant): Promise<Tenant> {
    return namingConflicts(async () =>
      toTenant(await this.prisma.tenant.create({ data: tenant, select: TENANT_COLUMNS })),
    );
  }

  /** Returns null if there is no such tenant. */
  update(id: string, changes: TenantChanges): Promise<Tenant | null> {
    return namingConflicts(() => this.updateOne({ id }, changes));
  }

  /**
   * A single conditional statement, so that only one of two concurrent transitions succeeds. Returns null if the tenant
   * is not in one of the statuses `from`, or its permanent deletion has begun.
   */
  changeStatus(
    id: string,
    from: readonly TenantStatus[],
    to: TenantStatus,
    deletionScheduledAt: Date | null = null,
  ): Promise<Tenant | null> {
    return this.updateOne(
      { id, status: { in: [...from] }, deletionStartedAt: null },
      { status: to, deletionScheduledAt },
    );
  }

  /** Deletes a tenant that is still being provisioned, with all its data. Returns false if it is not (any longer). */
  async deleteProvisioning(id: string): Promise<boolean> {
    return (await this.prisma.tenant.deleteMany({ where: { id, status: 'PROVISIONING' } })).count > 0;
  }

  private async updateOne(
    where: Prisma.TenantWhereInput,
    data: Prisma.TenantUncheckedUpdateManyInput,
  ): Promise<Tenant | null> {
    const [row] = await this.prisma.tenant.updateManyAndReturn({
      where,
      data: { ...data, version: { increment: 1 } },
      select: TENANT_COLUMNS,
    });
    return row ? toTenant(row) : null;
  }
}

function toWhere({ status, plan, search }: TenantFilter): Prisma.TenantWhereInput {
  return { status, plan, AND: everyWordIn(search, ['slug', 'name', 'domain']) };
}
