import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import type { UserUsage } from './tenants.types.js';

/** Figures over tables of modules further right, of the current tenant. */
@Injectable()
export class TenantUsageReadModel {
  constructor(private readonly prisma: PrismaService) {}

  async countUsers(): Promise<UserUsage> {
    const groups = await this.prisma.user.groupBy({ by: ['status'], _count: { _all: true } });
    const counts = new Map(groups.map(({ status, _count }) => [status, _count._all]));
    const countOf = (status: string): number => counts.get(status) ?? 0;
    return {
      total: [...counts.values()].reduce((sum, count) => sum + count, 0),
      active: countOf('ACTIVE'),
      invited: countOf('INVITED'),
      deactivated: countOf('SUSPENDED'),
    };
  }
}
