import { Injectable, Logger } from '@nestjs/common';
import { boundedCache } from '../caching/bounded-cache.js';
import type { Actor } from '../identity/actor.js';
import { DbalService } from '../dbal/dbal.service.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { type AuditRecord, AuditService } from './audit.service.js';

/** How long the same refusal of the same actor is not written down again. */
const QUIET_MS = 60_000;
const MAX_REMEMBERED = 10_000;

export interface Refusal extends Omit<AuditRecord, 'outcome'> {
  /** Identifies a repeated attempt, by values that the caller cannot vary endlessly. */
  attempt: string;
  /** What the caller is told: nobody writes it down a second time. */
  error?: Error;
}

/**
 * Writes down who tried what they may not. The same attempt once a minute at most: refused requests cost their sender nothing,
 * and nothing ever leaves the log.
 */
@Injectable()
export class AuditRefusals {
  readonly #logger = new Logger(AuditRefusals.name);
  readonly #recent = boundedCache<true>({ max: MAX_REMEMBERED, ttl: QUIET_MS });
  readonly #told = new WeakSet<Error>();

  constructor(
    private readonly tenant: TenantContext,
    private readonly audit: AuditService,
    private readonly dbal: DbalService,
  ) {}

  /** In a transaction of its own, once the running one has ended. Never throws: the refusal stands either way. */
  async record(actor: Actor, { attempt, error, ...entry }: Refusal): Promise<void> {
    const scope = this.tenant.find();
    if (error) this.markTold(error);
    if (!scope) return;
    const key = [scope.tenantId, actor.apiKeyId ?? actor.id, attempt].join(' ');
    if (this.#recent.has(key)) return;
    this.#recent.set(key, true);
    await this.dbal.afterEnd(async () => {
      try {
        await this.audit.record(actor, { ...entry, outcome: 'denied' });
      } catch (failure) {
        this.#recent.delete(key);
        this.#logger.error({ err: failure }, 'Failed to audit a refused attempt.');
      }
    });
  }

  /** For an error that is in the log already, in other words. */
  markTold(error: Error): void {
    this.#told.add(error);
  }

  isTold(error: Error): boolean {
    return this.#told.has(error);
  }
}
