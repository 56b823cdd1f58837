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

  /** Returns one page, newest users first. @throws InvalidInputError for an unsupported sort order. */
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
   * Creates a user who may sign in at once if a password is given; otherwise an invitation is mailed.
   * @throws ConflictError `user.email_taken`, `user.username_taken`, `user.owner_exists`; ForbiddenError
   * `user.above_your_level`, `user.not_below_your_level`, `user.passwords_are_personal`; UnprocessableError
   * `plan.limit_reached`.
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
   * Permanently deletes a user, with everything that belongs only to that user.
   * @throws the errors of `update`, and ConflictError `user.own_account`.
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
   * Signs the user out everywhere and prevents sign-ins until the user is reactivated.
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
   * See `UserAccess.reopen` for when the user is notified by mail.
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
   * Creates the first user of a tenant during provisioning. If there is no password, the result contains an invitation
   * token, which is also mailed if mail can be sent.
   * @param owner its e-mail address is in lower case.
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

  /** Undoes `createOwner` for an unfinished tenant. Does nothing if there is no owner. */
  async removeOwner(): Promise<void> {
    await this.users.deleteOwner();
  }

  /**
   * Returns users by id, locked until the running transaction ends. They are always locked in the same order, so that
   * two callers cannot deadlock.
   * @throws NotFoundError `user.not_found` if one of them is missing.
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

  /** Invalidates the secrets that were mailed to the old address. */
  private async readdress(actor: Actor, user: User): Promise<void> {
    await this.users.deleteResetToken(user.username);
    if (user.status === 'INVITED') await this.invitations.issueByMail(actor, user);
  }
}
