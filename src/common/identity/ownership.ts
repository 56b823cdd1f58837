import { type Actor, userIdOf } from './actor.js';
import { levelOf, type Role } from './roles.js';

/** The owner of a resource; `id` is null if they are not, or no longer, a user. */
export interface Holder {
  id: string | null;
  role: Role;
}

/**
 * True if the actor may change a resource of `owner` and act with the owner's rights. Managers below the owner's level
 * may not: they would gain rights above their own.
 */
export function mayChange(actor: Actor, owner: Holder): boolean {
  return isOwn(actor, owner.id) || (isManager(actor) && levelOf(actor.role) >= levelOf(owner.role));
}

/** True if the resource is the actor's own. Never true for an actor that continues somebody else's work. */
export function isOwn(actor: Actor, ownerId: string | null): boolean {
  return ownerId !== null && userIdOf(actor) === ownerId && !actor.isSuccessor;
}

export function isManager(actor: Actor): boolean {
  return levelOf(actor.role) >= levelOf('manager');
}
