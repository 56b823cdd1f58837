import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { type DeleteExpired, type OwnsExpiringRows, Retention } from './retention.js';

@Retention('tenant')
export class IdempotencyRetentionRepository implements OwnsExpiringRows {
  constructor(private readonly prisma: PrismaService) {}

  expiring(): Record<string, DeleteExpired> {
    return {
      idempotency_records: async (now, limit) => {
        const { count } = await this.prisma.idempotencyRecord.deleteMany({ where: { expiresAt: { lt: now } }, limit });
        return count;
      },
    };
  }
}

@Retention('platform')
export class PlatformIdempotencyRetentionRepository implements OwnsExpiringRows {
  constructor(private readonly prisma: PlatformPrismaService) {}

  expiring(): Record<string, DeleteExpired> {
    return {
      platform_idempotency_records: async (now, limit) => {
        const { count } = await this.prisma.platformIdempotencyRecord.deleteMany({
          where: { expiresAt: { lt: now } },
          limit,
        });
        return count;
      },
    };
  }
}
