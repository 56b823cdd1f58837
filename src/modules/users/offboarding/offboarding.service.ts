import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { UserChangeLog } from '../user-change-log.js';
import { assertMayExclude } from '../users.policy.js';
import { UsersService } from '../users.service.js';
import type { UserStatus } from '../users.types.js';
import { successorIsTheSame, successorNotActive } from './offboarding.errors.js';
import type { OpenRunFate } from './owned-resource.js';
import { OwnedResourceRegistry } from './owned-resource-registry.js';

export interface Offboarded {
  userId: string;
  successorId: string;
  /** The user's new status. */
  status: UserStatus;
  /** Number of resources of each kind that were handed over. */
  handedOver: { resource: string; count: number }[];
  revokedApiKeys: number;
}

/** Offboards users: their resources are handed over to a successor. */
@Injectable()
export class OffboardingService {
  constructor(
    private readonly users: UsersService,
    private readonly resources: OwnedResourceRegistry,
    private readonly keys: ApiKeysService,
    private readonly changes: UserChangeLog,
  ) {}

  /**
   * Hands everything over, ends sessions and keys, and deactivates the user. Runs in the caller's transaction.
   * @param openRuns whether open runs are handed over or cancelled.
   * @throws NotFoundError `user.not_found`; UnprocessableError `user.succeeds_themselves`, `user.successor_not_active`;
   * ConflictError `user.owner_protected`, `user.own_account`; ForbiddenError `user.above_your_level`.
   */
  async offboard(
    actor: Actor,
    userId: string,
    successorId: string,
    openRuns: OpenRunFate = 'hand_over',
  ): Promise<Offboarded> {
    if (userId === successorId) throw successorIsTheSame();
    const locked = await this.users.lock([userId, successorId]);
    const [user, successor] = [locked.get(userId)!, locked.get(successorId)!];
    assertMayExclude(actor, user);
    if (successor.status !== 'ACTIVE') throw successorNotActive();
    const handedOver = await this.resources.handOver(actor, userId, successorId, openRuns);
    const revokedApiKeys = await this.keys.revokeAllOf(actor, userId);
    // Users who are deactivated or never accepted have no sessions; their resources still need an owner.
    const { status } = user.status === 'ACTIVE' ? await this.users.deactivate(actor, userId) : user;
    const details = { successorId, openRuns, handedOver, revokedApiKeys };
    await this.changes.record(actor, 'user.offboarded', { ...user, status }, { details });
    return { userId, successorId, status, handedOver, revokedApiKeys };
  }
}
