import { type Actor, userIdOf } from './actor.js';
import { levelOf, type Role } from './roles.js';

/** Whoever a thing belongs to; `id` is null for somebody who is no user (any more). */
export interface Holder {
  id: string | null;
  role: Role;
}

/**
 * Whether the actor may change what belongs to `owner`, and acts with the owner's rights: whoever could change what somebody above owns
 * would have those rights, too.
 */
export function mayChange(actor: Actor, owner: Holder): boolean {
  return isOwn(actor, owner.id) || (isManager(actor) && levelOf(actor.role) >= levelOf(owner.role));
}

/** Whether it is the actor's own. Nothing is for whoever goes on with what somebody else began. */
export function isOwn(actor: Actor, ownerId: string | null): boolean {
  return ownerId !== null && userIdOf(actor) === ownerId && !actor.isSuccessor;
}

export function isManager(actor: Actor): boolean {
  return levelOf(actor.role) >= levelOf('manager');
}
