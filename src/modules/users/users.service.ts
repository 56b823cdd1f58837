import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/identity/actor.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { assertIfMatch, type VersionSource } from '../../common/contracts/etag.js';
import { parseSort, toSlice } from '../../common/contracts/page.js';
import { InvitationIssuer } from './invitations/invitation-issuer.js';
import { UserAccess } from './user-access.js';
import { UserAdmissionService } from './user-admission.service.js';
import { changesOf } from '../../common/events/change-log.js';
import { UserChangeLog } from './user-change-log.js';
import { notActive, notDeactivated, userNotFound } from './users.errors.js';
import {
  assertMayExclude,
  assertMayGrant,
  assertMayReadmit,
  assertMaySetPassword,
  assertMayUpdate,
} from './users.policy.js';
import { UsersRepository } from './users.repository.js';
import {
  type ListedUser,
  type NewUser,
  type User,
  type UserChanges,
  type UserList,
  USER_SORTS,
} from './users.types.js';

@Injectable()
export class UsersService implements VersionSource {
  constructor(
    private readonly users: UsersRepository,
    private readonly admission: UserAdmissionService,
    private readonly invitations: InvitationIssuer,
    private readonly access: UserAccess,
    private readonly dbal: DbalService,
    private readonly changes: UserChangeLog,
  ) {}

  /** One page, newest users first. @throws InvalidInputError when the list cannot be sorted like this. */
  list(query: UserList): Promise<{ rows: ListedUser[]; total: number }> {
    return this.users.findPage(query, { ...toSlice(query), orderBy: parseSort(query.sort, USER_SORTS, '-createdAt') });
  }

  /** @throws NotFoundError `user.not_found`. */
  async get(id: string): Promise<User> {
    const user = await this.users.findById(id);
    if (!user) throw userNotFound();
    return user;
  }

  /** @throws NotFoundError `user.not_found`. */
  currentVersion({ id }: { id: string }): Promise<User> {
    return this.get(id);
  }

  /**
   * With a password the user may sign in at once; without one an invitation is mailed.
   * @throws ConflictError `user.email_taken`, `user.username_taken`, `user.owner_exists`; ForbiddenError `user.above_your_level`,
   * `user.not_below_your_level`, `user.passwords_are_personal`; UnprocessableError `plan.limit_reached`.
   */
  async create(actor: Actor, { password, ...input }: NewUser & { password?: string }): Promise<User> {
    assertMayGrant(actor, input.role);
    if (password !== undefined) {
      assertMaySetPassword(actor);
      return this.admission.admit(actor, input, password);
    }
    return this.dbal.transaction(async () => {
      const user = await this.admission.admitInvited(actor, input);
      await this.invitations.issueByMail(actor, user);
      return user;
    });
  }

  /**
   * @param ifMatch the entity tag the caller knows, if any.
   * @throws StaleVersionError; NotFoundError; ForbiddenError; ConflictError as `create`, and `user.owner_protected`.
   */
  update(actor: Actor, id: string, changes: UserChanges, ifMatch?: string): Promise<User> {
    return this.dbal.transaction(async () => {
      const user = await this.getForUpdate(id);
      assertIfMatch(ifMatch, user);
      assertMayUpdate(actor, user, changes);
      const fields = (Object.keys(changes) as (keyof UserChanges)[])
        .filter((field) => changes[field] !== undefined)
        .sort();
      if (fields.length === 0) return user;
      const updated = await this.users.update(id, changes);
      if (!updated) throw userNotFound();
      if (updated.role !== user.role) {
        this.access.refresh(id);
        await this.changes.tellRaise(actor, user, updated);
      }
      if (updated.email !== user.email) await this.readdress(actor, updated);
      await this.changes.record(actor, 'user.updated', updated, changesOf(user, updated, fields));
      return updated;
    });
  }

  /**
   * For good, with everything that is the user's alone.
   * @throws as `update`, and ConflictError `user.own_account`.
   */
  async remove(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    await this.dbal.transaction(async () => {
      const user = await this.getForUpdate(id);
      assertIfMatch(ifMatch, user);
      assertMayExclude(actor, user);
      await this.users.delete(id);
      this.access.refresh(id);
      await this.changes.record(actor, 'user.deleted', user, { details: { email: user.email, role: user.role } });
    });
  }

  /**
   * The user is signed out everywhere and cannot sign in until reactivated.
   * @throws ConflictError `user.not_active`, `user.owner_protected`, `user.own_account`; ForbiddenError; NotFoundError.
   */
  deactivate(actor: Actor, id: string): Promise<User> {
    return this.dbal.transaction(async () => {
      assertMayExclude(actor, await this.getForUpdate(id));
      const user = await this.users.changeStatus(id, 'ACTIVE', 'SUSPENDED');
      if (!user) throw notActive();
      await this.access.end(id);
      await this.changes.record(actor, 'user.deactivated', user);
      return user;
    });
  }

  /**
   * See `UserAccess.reopen` for who is told by mail.
   * @throws ConflictError `user.not_deactivated`; ForbiddenError; NotFoundError; UnavailableError `mail.unavailable`.
   */
  reactivate(actor: Actor, id: string): Promise<User> {
    return this.dbal.transaction(async () => {
      assertMayReadmit(actor, await this.getForUpdate(id));
      const user = await this.users.changeStatus(id, 'SUSPENDED', 'ACTIVE');
      if (!user) throw notDeactivated();
      await this.access.reopen(actor, user);
      await this.changes.record(actor, 'user.reactivated', user);
      return user;
    });
  }

  /**
   * The first user of a tenant, for its provisioning. Without a password, an invitation token comes with the owner, who is
   * mailed it, too, where mail can be sent.
   * @param owner its e-mail is lower-case.
   */
  async createOwner(
    actor: Actor,
    owner: { email: string; password?: string },
  ): Promise<{ user: User; invitationToken?: string }> {
    const input: NewUser = {
      email: owner.email,
      username: await this.admission.usernameFor(owner.email),
      role: 'owner',
    };
    if (owner.password !== undefined) return { user: await this.admission.admit(actor, input, owner.password) };
    return this.dbal.transaction(async () => {
      const user = await this.admission.admitInvited(actor, input);
      return { user, invitationToken: (await this.invitations.issueForOwner(actor, user)).token };
    });
  }

  /** Undoes `createOwner` for a tenant that is not finished. Does nothing where there is no owner. */
  async removeOwner(): Promise<void> {
    await this.users.deleteOwner();
  }

  /**
   * Users whom nobody else changes until the running transaction ends, by id. Always locked in the same order: two callers
   * cannot block each other.
   * @throws NotFoundError `user.not_found` when one of them is missing.
   */
  async lock(ids: readonly string[]): Promise<Map<string, User>> {
    const locked = new Map<string, User>();
    for (const id of [...ids].sort()) locked.set(id, await this.getForUpdate(id));
    return locked;
  }

  private async getForUpdate(id: string): Promise<User> {
    const user = await this.users.findForUpdate(id);
    if (!user) throw userNotFound();
    return user;
  }

  /** Secrets that were mailed to the old address stop working. */
  private async readdress(actor: Actor, user: User): Promise<void> {
    await this.users.deleteResetToken(user.username);
    if (user.status === 'INVITED') await this.invitations.issueByMail(actor, user);
  }
}
