import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../common/identity/actor.js';
import { levelOf } from '../../common/identity/roles.js';
import { type Change, ChangeLog } from '../../common/events/change-log.js';
import { type HearsOfRaises, RoleRaiseMetadata } from './role-raises.js';
import type { User } from './users.types.js';
import './users.events.js';

/** Changes of users, by their names in audit actions and events. */
export type UserAction =
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'user.deactivated'
  | 'user.reactivated'
  | 'user.offboarded'
  | 'user.became_owner';

/** Records changes of users, and notifies other modules of raised roles. */
@Injectable()
export class UserChangeLog {
  constructor(
    private readonly changes: ChangeLog,
    private readonly discovery: DiscoveryService,
  ) {}

  /** Notifies the modules whose resources act with the user's rights, if these were extended. */
  async tellRaise(actor: Actor, before: User, after: User): Promise<void> {
    if (levelOf(after.role) <= levelOf(before.role)) return;
    for (const wrapper of this.discovery.getProviders({ metadataKey: RoleRaiseMetadata.KEY })) {
      await (wrapper.instance as HearsOfRaises).raised(actor, before, after);
    }
  }

  /** @param user the current state, or the last one of a deleted user. */
  record(actor: Actor, action: UserAction, user: User, change?: Change): Promise<void> {
    const { id, username, email, role, status } = user;
    const payload = { actor: { kind: actor.kind, id: actor.id }, user: { id, username, email, role, status } };
    return this.changes.record(actor, action, { type: 'user', id, payload }, change);
  }
}
