import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { AuditService } from '../../common/audit/audit.service.js';
import type { Actor } from '../../common/identity/actor.js';
import { levelOf } from '../../common/identity/roles.js';
import { EventsService } from '../../common/events/events.service.js';
import { type HearsOfRaises, RoleRaiseMetadata } from './role-raises.js';
import type { User } from './users.types.js';
import './users.events.js';

/** What can happen to users, in the audit log and as events. */
export type UserAction =
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'user.deactivated'
  | 'user.reactivated'
  | 'user.offboarded'
  | 'user.became_owner';

/** Tells what happens to users, in the running transaction: the audit log, and whoever listens to events. */
@Injectable()
export class UserChangeLog {
  constructor(
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly discovery: DiscoveryService,
  ) {}

  /** Tells those who keep what acts with the user's rights, where these have become more. */
  async tellRaise(actor: Actor, before: User, after: User): Promise<void> {
    if (levelOf(after.role) <= levelOf(before.role)) return;
    for (const wrapper of this.discovery.getProviders({ metadataKey: RoleRaiseMetadata.KEY })) {
      await (wrapper.instance as HearsOfRaises).raised(actor, before, after);
    }
  }

  /** @param user as it is now, or was last. */
  async record(
    actor: Actor,
    action: UserAction,
    user: User,
    told: { before?: object; after?: object; details?: object } = {},
  ): Promise<void> {
    const { before, after, details } = told as Record<string, Record<string, unknown> | undefined>;
    await this.audit.record(actor, { action, targetType: 'user', targetId: user.id, before, after, details });
    const { id, username, email, role, status } = user;
    await this.events.emit(action, {
      actor: { kind: actor.kind, id: actor.id },
      user: { id, username, email, role, status },
      ...(after && { changed: Object.keys(after) }),
    });
  }
}

/** The named fields of a user, before and after. */
export function changesOf(
  before: User,
  after: User,
  fields: readonly (keyof User)[],
): { before: object; after: object } {
  const pick = (user: User): object => Object.fromEntries(fields.map((field) => [field, user[field]]));
  return { before: pick(before), after: pick(after) };
}
