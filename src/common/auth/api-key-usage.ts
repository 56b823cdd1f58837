import { Injectable, Logger } from '@nestjs/common';
import { boundedCache } from '../caching/bounded-cache.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { TenantContext } from '../tenancy/tenant-context.js';

const INTERVAL_MS = 60_000;
const MAX_KEYS = 10_000;

/** Writes when a key was last used: at most once a minute, and never in the way of the request. */
@Injectable()
export class ApiKeyUsage {
  private readonly logger = new Logger(ApiKeyUsage.name);
  private readonly recentlyWritten = boundedCache<true>({ max: MAX_KEYS, ttl: INTERVAL_MS });

  constructor(
    private readonly prisma: PrismaService,
    private readonly tenant: TenantContext,
  ) {}

  /** Returns at once; a failure is logged and loses nothing but a date. */
  used(tenantId: string, keyId: string): void {
    if (this.recentlyWritten.has(keyId)) return;
    this.recentlyWritten.set(keyId, true);
    this.write(tenantId, keyId).catch((error: unknown) =>
      this.logger.warn({ err: error, apiKeyId: keyId }, 'The last use of an API key was not written.'),
    );
  }

  private async write(tenantId: string, keyId: string): Promise<void> {
    // Other processes write as well, hence the condition.
    await this.tenant.run(
      { tenantId, source: 'api_key' },
      () => this.prisma.$executeRaw`
        UPDATE api_keys SET last_used_at = now()
        WHERE id = ${keyId}::uuid AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    );
  }
}
