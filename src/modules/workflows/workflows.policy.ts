import type { Actor } from '../../common/identity/actor.js';
import { type Holder, isManager, isOwn, mayChange } from '../../common/identity/ownership.js';
import { notYourWorkflow } from './workflows.errors.js';

/**
 * Checks that the actor may change a workflow, or decide when it runs. Runs act with the owner's rights.
 * @throws ForbiddenError `workflow.not_yours`
 */
export function assertMayChange(actor: Actor, owner: Holder): void {
  if (!mayChange(actor, owner)) throw notYourWorkflow();
}

/**
 * Checks that the actor may run a workflow. This requires less than changing it, since the owner has decided what it
 * does.
 * @throws ForbiddenError `workflow.not_yours`
 */
export function assertMayRun(actor: Actor, ownerId: string): void {
  if (!mayRun(actor, ownerId)) throw notYourWorkflow();
}

/** Returns whether the actor, who has `workflow:run`, may manually run a workflow of that owner. */
export function mayRun(actor: Actor, ownerId: string): boolean {
  return isOwn(actor, ownerId) || isManager(actor);
}

/** Returns whether the actor may run every workflow, and cancel its runs. */
export function mayRunAll(actor: Actor): boolean {
  return isManager(actor);
}
