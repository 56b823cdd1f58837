import { type DeleteExpired, type OwnsExpiringRows, Retention } from '../../common/retention/retention.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';

const KEPT_MS = 31 * 24 * 60 * 60 * 1000;

/** Stores the current tenant's usage of today, by the database's clock. */
@Retention('tenant')
export class UsageCountersRepository implements OwnsExpiringRows {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Adds to the counter in one statement; returns false, and adds nothing, if that would exceed `limit`. Concurrent
   * callers wait for the transaction.
   */
  async add(resource: string, amount: number, limit: number): Promise<boolean> {
    if (amount > limit) return false;
    const rows = await this.prisma.$queryRaw<unknown[]>`
      INSERT INTO usage_counters AS used (resource, day, count)
      VALUES (${resource}, (now() AT TIME ZONE 'UTC')::date, ${amount}::integer)
      ON CONFLICT (tenant_id, resource, day) DO UPDATE SET count = used.count + excluded.count
      WHERE used.count + excluded.count <= ${limit}::integer
      RETURNING 1 AS added`;
    return rows.length > 0;
  }

  expiring(): Record<string, DeleteExpired> {
    return {
      usage_counters: async (now, limit) => {
        const where = { day: { lt: new Date(now.getTime() - KEPT_MS) } };
        return (await this.prisma.usageCounter.deleteMany({ where, limit })).count;
      },
    };
  }
}
