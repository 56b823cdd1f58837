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
  /** The outcome. `denied` and `failed` are for attempts that changed nothing. Default `done`. */
  outcome?: AuditOutcome;
  /** The fields that changed, before and after; kept in the details under these names. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** What else is worth knowing in a year, as JSON. Values of fields whose names sound like secrets are left out. */
  details?: Record<string, unknown>;
}

/** The tenant's audit log. Append-only: the application's roles can neither change nor delete it. */
@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /**
   * Writes an entry into the current tenant's log, in the running transaction: it stands if and only if the change does.
   * Request id, address and user agent come from the running request, if there is one.
   */
  async record(
    actor: Actor,
    { action, targetType, targetId, outcome, before, after, details }: AuditRecord,
  ): Promise<void> {
    const request = factsOfRequest();
    // JSON has no undefined: what is absent stays absent.
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
