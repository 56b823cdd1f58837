import { Injectable } from '@nestjs/common';
import { type Actor, userIdOf } from '../../common/identity/actor.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import type { Holder } from '../../common/identity/ownership.js';
import { UsersService } from './users.service.js';

/** Determines the owners of resources. */
@Injectable()
export class OwnersService {
  constructor(private readonly users: UsersService) {}

  /**
   * Returns the user who owns what the actor creates: the actor, or the tenant's owner if the actor is not a user of
   * it.
   */
  async ownerFor(actor: Actor): Promise<string> {
    const userId = userIdOf(actor);
    if (userId !== null) return userId;
    const { rows } = await this.users.list({ page: 1, limit: 1, role: 'owner' });
    if (!rows[0]) throw new Error('A tenant without an owner owns nothing.');
    return rows[0].id;
  }

  /** Returns the owner of a resource, for permission checks. An unknown or deleted user counts as an admin. */
  async holder(userId: string | null): Promise<Holder> {
    try {
      return userId === null ? { id: null, role: 'admin' } : await this.users.get(userId);
    } catch (error) {
      if (error instanceof NotFoundError) return { id: null, role: 'admin' };
      throw error;
    }
  }
}
