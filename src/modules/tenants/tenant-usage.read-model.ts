import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import type { ResourceUsage, UserUsage } from './tenants.types.js';

/** Reads figures of the current tenant from tables of modules further right. */
@Injectable()
export class TenantUsageReadModel {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Counts the resources that plans limit for the whole tenant, including the current `openRuns` and `emailsPerDay`.
   */
  async countResources(): Promise<ResourceUsage> {
    const [row] = await this.prisma.$queryRaw<ResourceUsage[]>`
      SELECT
        (SELECT count(*) FROM workflows)::integer AS workflows,
        (SELECT count(*) FROM lua_scripts)::integer AS scripts,
        (SELECT count(*) FROM workflow_runs WHERE status IN ('queued', 'running', 'waiting'))::integer AS "openRuns",
        (SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))::integer AS "apiKeys",
        coalesce((SELECT count FROM usage_counters
          WHERE resource = 'emailsPerDay' AND day = (now() AT TIME ZONE 'UTC')::date), 0) AS "emailsPerDay"`;
    return row!;
  }

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
