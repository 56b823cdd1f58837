import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';

/** Current tenant statuses, read with the platform role and not from a cache. */
@Injectable()
export class TenantStatesReadModel {
  constructor(private readonly platform: PlatformPrismaService) {}

  /** Returns null if the tenant does not exist. */
  async statusOf(tenantId: string): Promise<string | null> {
    const tenant = await this.platform.tenant.findFirst({ where: { id: tenantId }, select: { status: true } });
    return tenant?.status ?? null;
  }

  /** Returns the next ids of active tenants, in ascending order. */
  async activeAfter(after: string | undefined, take: number): Promise<string[]> {
    const rows = await this.platform.tenant.findMany({
      where: { status: 'ACTIVE', ...(after !== undefined && { id: { gt: after } }) },
      orderBy: { id: 'asc' },
      take,
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }
}
