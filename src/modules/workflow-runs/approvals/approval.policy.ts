import { type Actor, userIdOf } from '../../../common/identity/actor.js';
import { isRole, levelOf, ROLES } from '../../../common/identity/roles.js';
import { assertMayRun, mayRunAll } from '../../workflows/workflows.policy.js';
import { notYourDecision } from '../runs.errors.js';

/**
 * Checks that the actor may approve or reject a step. `approvers` are `role:<role>`, meaning that role or above, and
 * `user:<id>`; if it is empty, everybody who may run the workflow is an approver.
 * @throws ForbiddenError `workflow_run.not_an_approver`, `workflow.not_yours`.
 */
export function assertMayDecide(actor: Actor, approvers: readonly string[], ownerId: string): void {
  if (approvers.length === 0) return assertMayRun(actor, ownerId);
  if (!approvers.some((approver) => names(approver, actor))) throw notYourDecision();
}

/** Returns the entries of `approvers` that match the actor. Its opposite is `names`. */
export function approverNamesOf(actor: Actor): string[] {
  const roles = ROLES.filter((role) => levelOf(role) <= levelOf(actor.role)).map((role) => `role:${role}`);
  const userId = userIdOf(actor);
  return userId === null ? roles : [...roles, `user:${userId}`];
}

/** Returns whether the actor may see approvals that wait for others. */
export function seesAllApprovals(actor: Actor): boolean {
  return mayRunAll(actor);
}

function names(approver: string, actor: Actor): boolean {
  const [kind, name] = approver.split(':', 2);
  if (kind === 'user') return userIdOf(actor) === name;
  return kind === 'role' && isRole(name) && levelOf(actor.role) >= levelOf(name);
}
