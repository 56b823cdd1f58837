import { Injectable } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import { factsOfRequest } from '../request/request-facts.js';
import { redact } from '../logging/redact.js';
import { AuditRepository, type NewAuditEntry } from './audit.repository.js';
import type { AuditOutcome } from './audit.types.js';

export interface AuditRecord {
  /** The action as `<noun>.<past tense>`: `user.deactivated`. */
  action: string;
  targetType?: string;
  targetId?: string;
  /** Use `denied` or `failed` for attempts that changed nothing. Default: `done`. */
  outcome?: AuditOutcome;
  /** Changed fields before and after, stored in the details under these names. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** Further facts, as JSON, that will matter to a later reader. Fields whose names look like secrets are redacted. */
  details?: Record<string, unknown>;
}

/** The tenant's audit log. Append-only: the application's database roles can neither change nor delete entries. */
@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /**
   * Writes an entry to the current tenant's log within the running transaction, so it commits or rolls back with the
   * change. Takes request id, address and user agent from the running request, if there is one.
   */
  async record(
    actor: Actor,
    { action, targetType, targetId, outcome, before, after, details }: AuditRecord,
  ): Promise<void> {
    const request = factsOfRequest();
    // JSON has no undefined, so absent values stay absent.
    const told = { before, after, ...details, apiKeyId: actor.apiKeyId, runId: actor.runId };
    await this.entries.create({
      actorKind: actor.kind,
      actorId: actor.kind === 'system' ? null : actor.id,
      action,
      targetType,
      targetId,
      outcome,
      details: JSON.parse(JSON.stringify(redact(told))) as NewAuditEntry['details'],
      requestId: request?.requestId,
      ipAddress: request?.ipAddress,
      userAgent: request?.userAgent,
    });
  }
}
