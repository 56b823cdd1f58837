import { type Actor, actsForUser, actsInPerson } from '../../common/identity/actor.js';
import { levelOf, type Role } from '../../common/identity/roles.js';
import { ForbiddenError } from '../../common/errors/app-error.js';
import {
  aboveYourLevel,
  namesArePersonal,
  notBelowYourLevel,
  ownAccount,
  ownerExists,
  ownerProtected,
  passwordsArePersonal,
} from './users.errors.js';
import type { User, UserChanges } from './users.types.js';

type Subject = Pick<User, 'id' | 'role'>;

/**
 * Fields that determine how users sign in and what they may do: changing them, even their own, requires `user:manage`.
 */
const MANAGED = ['username', 'email', 'role'] as const;
/** Password reset links are sent to these: an API key that could change them could take over the account. */
const PERSONAL = ['username', 'email'] as const;

export function isSelf(actor: Actor, user: Subject): boolean {
  return (actor.kind === 'user' || actor.kind === 'api_key') && actor.id === user.id;
}

/** @throws if the actor may not give the role to a user: by inviting, creating or raising one. */
export function assertMayGrant(actor: Actor, role: Role): void {
  if (levelOf(role) > levelOf(actor.role)) throw aboveYourLevel();
  if (role === 'owner') throw ownerExists();
  assertBelowHolder(actor, role);
}

/**
 * Only people may choose a password: a program that knows it could act as that user, and a platform admin as the owner.
 * The application itself may during provisioning, where an authorized caller supplies the password.
 * @throws if the actor may not choose a user's password.
 */
export function assertMaySetPassword(actor: Actor): void {
  if (!maySetCredentials(actor)) throw passwordsArePersonal();
}

/** @throws if the actor may not reactivate the user. */
export function assertMayReadmit(actor: Actor, user: Subject): void {
  assertMayManage(actor, user);
  assertBelowHolder(actor, user.role);
}

/**
 * @throws if the actor may not make these changes to the user. A field that equals its current value is not a change.
 */
export function assertMayUpdate(actor: Actor, user: User, changes: UserChanges): void {
  if (!isSelf(actor, user) || actor.isSuccessor) assertMayManage(actor, user);
  const isChanged = (field: (typeof MANAGED)[number]) => changes[field] !== undefined && changes[field] !== user[field];
  if (MANAGED.some(isChanged)) assertMayManage(actor, user);
  if (!maySetCredentials(actor) && PERSONAL.some(isChanged)) throw namesArePersonal();
  if (changes.role === undefined || changes.role === user.role) return;
  if (user.role === 'owner') throw ownerProtected();
  assertMayGrant(actor, changes.role);
}

/** @throws if the actor may not delete or deactivate the user. */
export function assertMayExclude(actor: Actor, user: Subject): void {
  if (levelOf(user.role) > levelOf(actor.role)) throw aboveYourLevel();
  if (user.role === 'owner') throw ownerProtected();
  if (isSelf(actor, user)) throw ownAccount();
}

/** @throws if the actor may not administer the user. */
export function assertMayManage(actor: Actor, user: Subject): void {
  if (!actor.permissions.has('user:manage')) throw new ForbiddenError();
  if (levelOf(user.role) > levelOf(actor.role)) throw aboveYourLevel();
}

/**
 * A program must not create users of its own user's level: it could continue as such a user after its rights have
 * ended.
 */
function assertBelowHolder(actor: Actor, role: Role): void {
  if (actsForUser(actor) && levelOf(role) >= levelOf(actor.role)) throw notBelowYourLevel();
}

function maySetCredentials(actor: Actor): boolean {
  return actsInPerson(actor) || actor.kind === 'system';
}
