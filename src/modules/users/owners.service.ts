import { Injectable } from '@nestjs/common';
import { type Actor, userIdOf } from '../../common/identity/actor.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import type { Holder } from '../../common/identity/ownership.js';
import { UsersService } from './users.service.js';

/** To whom things belong. */
@Injectable()
export class OwnersService {
  constructor(private readonly users: UsersService) {}

  /** The user to whom belongs what the actor makes: the tenant's owner, where the actor is no user of it. */
  async ownerFor(actor: Actor): Promise<string> {
    const userId = userIdOf(actor);
    if (userId !== null) return userId;
    const { rows } = await this.users.list({ page: 1, limit: 1, role: 'owner' });
    if (!rows[0]) throw new Error('A tenant without an owner owns nothing.');
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
}
