import { Injectable, Logger } from '@nestjs/common';
import { boundedCache } from '../caching/bounded-cache.js';
import { AuditService } from '../audit/audit.service.js';
import { DbalService } from '../dbal/dbal.service.js';
import type { Actor } from '../identity/actor.js';
import { TenantContext } from '../tenancy/tenant-context.js';

/**
 * Records the use of a key unless one was recorded within the last minute. Returns whether this is the first use of the
 * day (UTC).
 */
export type NoteUse = (apiKeyId: string) => Promise<boolean>;

const INTERVAL_MS = 60_000;
const MAX_KEYS = 10_000;

/**
 * Records when a key was last used, at most once a minute and without delaying the request. The first use of each day
 * (UTC) also goes to the audit log.
 */
@Injectable()
export class ApiKeyUsage {
  private readonly logger = new Logger(ApiKeyUsage.name);
  private readonly recentlyWritten = boundedCache<true>({ max: MAX_KEYS, ttl: INTERVAL_MS });

  #noteUse: NoteUse = () => Promise.resolve(false);

  constructor(
    private readonly tenant: TenantContext,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /** Registers the callback of the module that owns API keys. */
  noteBy(noteUse: NoteUse): void {
    this.#noteUse = noteUse;
  }

  /** Returns immediately. A failure is logged and only loses the date of last use. */
  used(tenantId: string, key: Actor & { apiKeyId: string }): void {
    const keyId = key.apiKeyId;
    if (this.recentlyWritten.has(keyId)) return;
    this.recentlyWritten.set(keyId, true);
    this.write(tenantId, key).catch((error: unknown) =>
      this.logger.warn({ err: error, apiKeyId: keyId }, 'Failed to save the last use of an API key.'),
    );
  }

  private async write(tenantId: string, key: Actor & { apiKeyId: string }): Promise<void> {
    await this.tenant.run({ tenantId, source: 'api_key' }, () =>
      this.dbal.transaction(async () => {
        if (await this.#noteUse(key.apiKeyId)) {
          await this.audit.record(key, { action: 'api_key.used', targetType: 'api_key', targetId: key.apiKeyId });
        }
      }),
    );
  }
}
