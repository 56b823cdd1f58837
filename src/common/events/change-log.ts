import { Injectable } from '@nestjs/common';
import { type AuditRecord, AuditService } from '../audit/audit.service.js';
import type { Actor } from '../identity/actor.js';
import { EventsService } from './events.service.js';

/** The changed object, as the audit log and event subscribers see it. */
export interface ChangeTarget {
  /** The noun of its actions, such as `label`. */
  readonly type: string;
  readonly id: string;
  /** Payload of the event: JSON without secrets. */
  readonly payload: Record<string, unknown>;
}

export interface Change extends Pick<AuditRecord, 'before' | 'after' | 'details'> {
  /** Names of the changed fields, for the event. */
  changed?: readonly string[];
}

/**
 * Records a change as an audit entry and an event of the same name. For changes without an event use `AuditService`.
 */
@Injectable()
export class ChangeLog {
  constructor(
    private readonly audit: AuditService,
    private readonly events: EventsService,
  ) {}

  /**
   * Writes both within the running transaction, so they commit or roll back with the change.
   * @param action `<noun>.<past tense>`, an event that a module declares with `defineEvents`.
   * @param target its current state, or its last state if it was deleted.
   */
  async record(actor: Actor, action: string, target: ChangeTarget, change: Change = {}): Promise<void> {
    const { type: targetType, id: targetId, payload } = target;
    const { changed, ...details } = change;
    await this.audit.record(actor, { action, targetType, targetId, ...details });
    await this.events.emit(action, { ...payload, ...(changed && { changed }) });
  }
}

/** Returns the values of the changed fields before and after. @param fields names of the fields that changed. */
export function changesOf<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[],
): Required<Pick<Change, 'before' | 'after' | 'changed'>> {
  const pick = (of: T): Record<string, unknown> => Object.fromEntries(fields.map((field) => [field, of[field]]));
  return { before: pick(before), after: pick(after), changed: fields };
}
