import { Injectable, Logger } from '@nestjs/common';
import { boundedCache } from '../caching/bounded-cache.js';
import type { Actor } from '../identity/actor.js';
import { DbalService } from '../dbal/dbal.service.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { type AuditRecord, AuditService } from './audit.service.js';

/** A repeated refusal of the same actor is not recorded again within this time. */
const QUIET_MS = 60_000;
const MAX_REMEMBERED = 10_000;

export interface Refusal extends Omit<AuditRecord, 'outcome'> {
  /** Identifies a repeated attempt, by values that the caller cannot vary endlessly. */
  attempt: string;
  /** The error sent to the caller; marked so that no other component records it a second time. */
  error?: Error;
}

/**
 * Records denied attempts, each at most once a minute: refused requests cost the sender nothing, and audit entries are
 * never deleted.
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

  /**
   * Writes the entry in its own transaction, after the running one has ended. Never throws: the refusal stands either
   * way.
   */
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

  /** Marks an error whose refusal is already recorded, possibly under a different action. */
  markTold(error: Error): void {
    this.#told.add(error);
  }

  isTold(error: Error): boolean {
    return this.#told.has(error);
  }
}
