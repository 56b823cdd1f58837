import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';

/** The state of tenants as the database has it now, read as the platform and not from a cache. */
@Injectable()
export class TenantStatesReadModel {
  constructor(private readonly platform: PlatformPrismaService) {}

  /** Null when the tenant does not exist. */
  async statusOf(tenantId: string): Promise<string | null> {
    const tenant = await this.platform.tenant.findFirst({ where: { id: tenantId }, select: { status: true } });
    return tenant?.status ?? null;
  }

  /** The next ids of active tenants, in ascending order. */
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
