import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import { factsOfRequest } from '../http/request-facts.js';
import { AuditRepository, type NewAuditEntry } from './audit.repository.js';

export interface AuditRecord {
  /** What happened, as `<noun>.<past tense>`: `user.deactivated`. */
  action: string;
  targetType?: string;
  targetId?: string;
  /** What else is worth knowing in a year, as JSON. Never secrets: the log cannot be changed. */
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
  async record(actor: Actor, { action, targetType, targetId, details = {} }: AuditRecord): Promise<void> {
    const request = factsOfRequest();
    await this.entries.create({
      actorKind: actor.kind,
      actorId: actor.kind === 'system' ? null : actor.id,
      action,
      targetType,
      targetId,
      details: {
        ...details,
        ...(actor.apiKeyId !== undefined && { apiKeyId: actor.apiKeyId }),
      } as NewAuditEntry['details'],
      requestId: request?.requestId,
      ipAddress: request?.ipAddress,
      userAgent: request?.userAgent,
    });
  }
}
