import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/identity/actor.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { UsersService } from '../users/users.service.js';
import { notYourWorkflow } from './workflows.errors.js';
import { type Holder, isOwn, mayChange, userIdOf } from './workflows.policy.js';

/** What belongs to whom. */
@Injectable()
export class WorkflowOwnership {
  constructor(private readonly users: UsersService) {}

  /** The user to whom belongs what the actor makes: the tenant's owner, where the actor is no user of it. */
  async ownerFor(actor: Actor): Promise<string> {
    const userId = userIdOf(actor);
    if (userId !== null) return userId;
    const { rows } = await this.users.list({ page: 1, limit: 1, role: 'owner' });
    if (!rows[0]) throw new Error('A tenant without an owner has no workflows.');
    return rows[0].id;
  }

  /** Somebody to whom something belongs. Whoever is unknown, or gone, counts as an admin. */
  async holder(userId: string | null): Promise<Holder> {
    try {
      return userId === null ? { id: null, role: 'admin' } : await this.users.get(userId);
    } catch (error) {
      if (error instanceof NotFoundError) return { id: null, role: 'admin' };
      throw error;
    }
  }

  /** See `mayChange` of the policy. */
  async mayChange(actor: Actor, { userId }: { userId: string }): Promise<boolean> {
    // Most change their own: then nobody needs to be looked up.
    return isOwn(actor, userId) || mayChange(actor, await this.holder(userId));
  }

  /** @throws ForbiddenError `workflow.not_yours` */
  async assertMayChange(actor: Actor, owned: { userId: string }): Promise<void> {
    if (!(await this.mayChange(actor, owned))) throw notYourWorkflow();
  }
}
