import { Injectable } from '@nestjs/common';
import { paginate } from '../../../common/dbal/paginate.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import type { ApiKey, NewApiKey } from './api-keys.types.js';
import { databaseNow } from '../../../common/time/database-clock.js';

const COLUMNS = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  expiresAt: true,
  lastUsedAt: true,
  createdAt: true,
} satisfies Prisma.ApiKeySelect;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Returns keys of the user that were not revoked, newest first. */
  findPage(userId: string, slice: { skip: number; take: number }): Promise<{ rows: ApiKey[]; total: number }> {
    const where = { userId, revokedAt: null };
    const orderBy = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];
    return paginate(
      { ...slice, list: ['api_keys', userId] },
      () => this.prisma.apiKey.findMany({ where, select: COLUMNS, orderBy, ...slice }),
      () => this.prisma.apiKey.count({ where }),
    );
  }

  /** Counts valid keys: all of the tenant, and those of one user. */
  async countLive(userId: string): Promise<{ ofTenant: number; ofUser: number }> {
    const where = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: databaseNow() } }] };
    const [ofTenant, ofUser] = [
      await this.prisma.apiKey.count({ where }),
      await this.prisma.apiKey.count({ where: { ...where, userId } }),
    ];
    return { ofTenant, ofUser };
  }

  /** Deletes all but the newest `kept` expired and revoked keys of the user; the audit log keeps the history. */
  async pruneDead(userId: string, kept: number): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM api_keys WHERE id IN (
        SELECT id FROM api_keys
        WHERE user_id = ${userId}::uuid AND (revoked_at IS NOT NULL OR expires_at <= now())
        ORDER BY id DESC OFFSET ${kept}::integer LIMIT 100)`;
  }

  create(key: NewApiKey & { userId: string; prefix: string; secretHash: string }): Promise<ApiKey> {
    return this.prisma.apiKey.create({ data: key, select: COLUMNS });
  }

  /**
   * Records that a key was used, unless that was recorded within the last minute. Returns whether it is the first use
   * of the day (UTC).
   */
  async noteUse(id: string): Promise<boolean> {
    // Other processes write as well, hence the lock and the condition.
    const [noted] = await this.prisma.$queryRaw<{ isFirst: boolean }[]>`
      UPDATE api_keys k SET last_used_at = now()
      FROM (SELECT tenant_id, id, last_used_at FROM api_keys WHERE id = ${id}::uuid FOR UPDATE) AS before
      WHERE k.tenant_id = before.tenant_id AND k.id = before.id
        AND (before.last_used_at IS NULL OR before.last_used_at < now() - interval '1 minute')
      RETURNING before.last_used_at IS NULL
        OR (before.last_used_at AT TIME ZONE 'UTC')::date < (now() AT TIME ZONE 'UTC')::date AS "isFirst"`;
    return noted?.isFirst ?? false;
  }

  /** Returns false if the user has no such key. */
  async revoke(userId: string, id: string): Promise<boolean> {
    const { count } = await this.prisma.apiKey.updateMany({
      where: { id, userId, revokedAt: null },
      data: { revokedAt: databaseNow() },
    });
    return count > 0;
  }

  /** Returns the ids of the keys that this revoked. */
  async revokeAllOf(userId: string): Promise<string[]> {
    const revoked = await this.prisma.apiKey.updateManyAndReturn({
      where: { userId, revokedAt: null },
      data: { revokedAt: databaseNow() },
      select: { id: true },
    });
    return revoked.map(({ id }) => id);
  }
}
