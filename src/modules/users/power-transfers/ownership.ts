import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import type { Role } from '../../../common/identity/roles.js';
import { PlanLimits } from '../../tenants/plan-limits.service.js';
import { UserAccess } from '../user-access.js';
import { changesOf } from '../../../common/events/change-log.js';
import { UserChangeLog } from '../user-change-log.js';
import { userNotFound } from '../users.errors.js';
import { UsersRepository } from '../users.repository.js';
import type { User } from '../users.types.js';
import { ownerChanged, targetNotActive } from './power-transfers.errors.js';

/** Transfers the ownership of a tenant to another user. Runs in the caller's transaction. */
@Injectable()
export class Ownership {
  constructor(
    private readonly users: UsersRepository,
    private readonly access: UserAccess,
    private readonly changes: UserChangeLog,
    private readonly limits: PlanLimits,
  ) {}

  /** Counts an offer against the daily limit. @throws UnprocessableError `plan.limit_reached`. */
  countOffer(): Promise<void> {
    return this.limits.useToday('powerTransfersPerDay', 1);
  }

  /**
   * Makes the owner an admin first and then the other user the owner, so that there are never two owners.
   * @throws ConflictError `power_transfer.owner_changed`; UnprocessableError `power_transfer.target_not_active`.
   */
  async move(actor: Actor, from: User, to: User): Promise<void> {
    if (from.role !== 'owner') throw ownerChanged();
    if (to.status !== 'ACTIVE') throw targetNotActive();
    await this.#changeRole(actor, from, 'admin');
    await this.#changeRole(actor, to, 'owner');
  }

  async #changeRole(actor: Actor, user: User, role: Role): Promise<void> {
    const updated = await this.users.update(user.id, { role });
    if (!updated) throw userNotFound();
    this.access.refresh(user.id);
    await this.changes.tellRaise(actor, user, updated);
    const action = role === 'owner' ? 'user.became_owner' : 'user.updated';
    await this.changes.record(actor, action, updated, changesOf(user, updated, ['role']));
  }
}
