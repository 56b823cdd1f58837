import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Actor } from '../auth/actor.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { AuditService } from './audit.service.js';

/** How long the same refusal of the same actor is not written down again. */
const QUIET_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/**
 * Writes down who tried what their role does not allow. The same attempt once a minute at most: refused requests cost their
 * sender nothing, and nothing ever leaves the log.
 */
@Injectable()
export class AuditRefusals {
  readonly #logger = new Logger(AuditRefusals.name);
  readonly #recent = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: QUIET_MS });

  constructor(
    private readonly tenant: TenantContext,
    private readonly audit: AuditService,
  ) {}

  /** In a transaction of its own. Never throws: the refusal stands either way. */
  async record(actor: Actor, permission: string, { method, path }: { method: string; path: string }): Promise<void> {
    const scope = this.tenant.find();
    if (!scope) return;
    const key = [scope.tenantId, actor.apiKeyId ?? actor.id, permission, method].join(' ');
    if (this.#recent.has(key)) return;
    this.#recent.set(key, true);
    try {
      const details = { permission, method, path };
      await this.audit.record(actor, { action: 'request.refused', outcome: 'denied', details });
    } catch (error) {
      this.#recent.delete(key);
      this.#logger.error({ err: error }, 'A refused request could not be audited.');
    }
  }
}
