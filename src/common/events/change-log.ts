import { Injectable } from '@nestjs/common';
import { type AuditRecord, AuditService } from '../audit/audit.service.js';
import type { Actor } from '../identity/actor.js';
import { EventsService } from './events.service.js';

/** What a change was made to, as the audit log and those who listen to events see it. */
export interface ChangeTarget {
  /** The noun of its actions: `label`. */
  readonly type: string;
  readonly id: string;
  /** What the event tells: JSON without secrets. */
  readonly payload: Record<string, unknown>;
}

export interface Change extends Pick<AuditRecord, 'before' | 'after' | 'details'> {
  /** The fields that changed, for the event. */
  changed?: readonly string[];
}

/** Records what happens: an audit entry and the event of the same name. What has no event is recorded by `AuditService`. */
@Injectable()
export class ChangeLog {
  constructor(
    private readonly audit: AuditService,
    private readonly events: EventsService,
  ) {}

  /**
   * Both in the running transaction: they stand if and only if the change does.
   * @param action `<noun>.<past tense>`, an event that a module declares with `defineEvents`.
   * @param target as it is now, or was last.
   */
  async record(actor: Actor, action: string, target: ChangeTarget, change: Change = {}): Promise<void> {
    const { type: targetType, id: targetId, payload } = target;
    const { changed, ...details } = change;
    await this.audit.record(actor, { action, targetType, targetId, ...details });
    await this.events.emit(action, { ...payload, ...(changed && { changed }) });
  }
}

/** The named fields, before and after. */
export function changesOf<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[],
): Required<Pick<Change, 'before' | 'after' | 'changed'>> {
  const pick = (of: T): Record<string, unknown> => Object.fromEntries(fields.map((field) => [field, of[field]]));
  return { before: pick(before), after: pick(after), changed: fields };
}
