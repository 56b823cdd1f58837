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

/** By these people sign in or gain power: they are not theirs to change alone. */
const MANAGED = ['username', 'email', 'role'] as const;
/** Links to new passwords go to these: whoever changes them could mail themselves a whole account. */
const PERSONAL = ['username', 'email'] as const;

export function isSelf(actor: Actor, user: Subject): boolean {
  return (actor.kind === 'user' || actor.kind === 'api_key') && actor.id === user.id;
}

/** @throws when the actor may not make somebody a `role`: invite them as one, create them, or raise them to it. */
export function assertMayGrant(actor: Actor, role: Role): void {
  if (levelOf(role) > levelOf(actor.role)) throw aboveYourLevel();
  if (role === 'owner') throw ownerExists();
  assertBelowHolder(actor, role);
}

/**
 * Whoever knows a password is a person: programs could become one, and a platform admin the owner. The program itself, which provisions,
 * is told the password by somebody who may.
 * @throws when the actor may not choose somebody's password.
 */
export function assertMaySetPassword(actor: Actor): void {
  if (!maySetCredentials(actor)) throw passwordsArePersonal();
}

/** @throws when the actor may not let the user in again. */
export function assertMayReadmit(actor: Actor, user: Subject): void {
  assertMayManage(actor, user);
  assertBelowHolder(actor, user.role);
}

/** @throws when the actor may not make these changes to the user. What equals the present value is no change. */
export function assertMayUpdate(actor: Actor, user: User, changes: UserChanges): void {
  if (!isSelf(actor, user) || actor.isSuccessor) assertMayManage(actor, user);
  const isChanged = (field: (typeof MANAGED)[number]) => changes[field] !== undefined && changes[field] !== user[field];
  if (MANAGED.some(isChanged)) assertMayManage(actor, user);
  if (!maySetCredentials(actor) && PERSONAL.some(isChanged)) throw namesArePersonal();
  if (changes.role === undefined || changes.role === user.role) return;
  if (user.role === 'owner') throw ownerProtected();
  assertMayGrant(actor, changes.role);
}

/** @throws when the actor may not delete or deactivate the user. */
export function assertMayExclude(actor: Actor, user: Subject): void {
  if (levelOf(user.role) > levelOf(actor.role)) throw aboveYourLevel();
  if (user.role === 'owner') throw ownerProtected();
  if (isSelf(actor, user)) throw ownAccount();
}

/** @throws when the actor may not administer the user. */
export function assertMayManage(actor: Actor, user: Subject): void {
  if (!actor.permissions.has('user:manage')) throw new ForbiddenError();
  if (levelOf(user.role) > levelOf(actor.role)) throw aboveYourLevel();
}

/** A program never makes somebody who may do what its user may: else it could go on as that person when its rights have ended. */
function assertBelowHolder(actor: Actor, role: Role): void {
  if (actsForUser(actor) && levelOf(role) >= levelOf(actor.role)) throw notBelowYourLevel();
}

function maySetCredentials(actor: Actor): boolean {
  return actsInPerson(actor) || actor.kind === 'system';
}
