import type { Actor } from '../../common/identity/actor.js';
import { type Holder, isManager, isOwn, mayChange } from '../../common/identity/ownership.js';
import { notYourWorkflow } from './workflows.errors.js';

/**
 * To change a workflow, or to say when it runs. Runs act with the owner's rights.
 * @throws ForbiddenError `workflow.not_yours`
 */
export function assertMayChange(actor: Actor, owner: Holder): void {
  if (!mayChange(actor, owner)) throw notYourWorkflow();
}

/**
 * Running is less than changing: what happens was decided by the owner.
 * @throws ForbiddenError `workflow.not_yours`
 */
export function assertMayRun(actor: Actor, ownerId: string): void {
  if (!mayRun(actor, ownerId)) throw notYourWorkflow();
}

/** Whether the actor, who holds `workflow:run`, may run a workflow of that owner by hand. */
export function mayRun(actor: Actor, ownerId: string): boolean {
  return isOwn(actor, ownerId) || isManager(actor);
}

/** Whether the actor may run, and end runs of, every workflow. */
export function mayRunAll(actor: Actor): boolean {
  return isManager(actor);
}
