import { Injectable, Logger } from '@nestjs/common';
import { boundedCache } from '../caching/bounded-cache.js';
import { AuditService } from '../audit/audit.service.js';
import { DbalService } from '../dbal/dbal.service.js';
import type { Actor } from '../identity/actor.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { TenantContext } from '../tenancy/tenant-context.js';

const INTERVAL_MS = 60_000;
const MAX_KEYS = 10_000;

/**
 * Writes when a key was last used: at most once a minute, and never in the way of the request. The first use of a day (UTC) is in the
 * audit log, too.
 */
@Injectable()
export class ApiKeyUsage {
  private readonly logger = new Logger(ApiKeyUsage.name);
  private readonly recentlyWritten = boundedCache<true>({ max: MAX_KEYS, ttl: INTERVAL_MS });

  constructor(
    private readonly prisma: PrismaService,
    private readonly tenant: TenantContext,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /** Returns at once; a failure is logged and loses nothing but a date. */
  used(tenantId: string, key: Actor & { apiKeyId: string }): void {
    const keyId = key.apiKeyId;
    if (this.recentlyWritten.has(keyId)) return;
    this.recentlyWritten.set(keyId, true);
    this.write(tenantId, key).catch((error: unknown) =>
      this.logger.warn({ err: error, apiKeyId: keyId }, 'The last use of an API key was not written.'),
    );
  }

  private async write(tenantId: string, key: Actor & { apiKeyId: string }): Promise<void> {
    await this.tenant.run({ tenantId, source: 'api_key' }, () =>
      this.dbal.transaction(async () => {
        if (await this.note(key.apiKeyId)) {
          await this.audit.record(key, { action: 'api_key.used', targetType: 'api_key', targetId: key.apiKeyId });
        }
      }),
    );
  }

  /** Whether it is the first use of the day. */
  private async note(keyId: string): Promise<boolean> {
    // Other processes write as well, hence the lock and the condition.
    const [noted] = await this.prisma.$queryRaw<{ isFirst: boolean }[]>`
      UPDATE api_keys k SET last_used_at = now()
      FROM (SELECT tenant_id, id, last_used_at FROM api_keys WHERE id = ${keyId}::uuid FOR UPDATE) AS before
      WHERE k.tenant_id = before.tenant_id AND k.id = before.id
        AND (before.last_used_at IS NULL OR before.last_used_at < now() - interval '1 minute')
      RETURNING before.last_used_at IS NULL
        OR (before.last_used_at AT TIME ZONE 'UTC')::date < (now() AT TIME ZONE 'UTC')::date AS "isFirst"`;
    return noted?.isFirst ?? false;
  }
}
