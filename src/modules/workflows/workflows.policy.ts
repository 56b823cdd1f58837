import type { Actor } from '../../common/identity/actor.js';
import { definePermissions } from '../../common/identity/permissions.js';
import { type Holder, isManager, isOwn, mayChange } from '../../common/identity/ownership.js';
import { notYourWorkflow } from './workflows.errors.js';

definePermissions({
  'workflow:read': ['viewer', 'See workflows, their versions and runs'],
  'workflow:create': ['member', 'Create workflows'],
  /** Members their own; managers all but those of people above them. */
  'workflow:update': ['member', 'Change workflows: members their own, managers those of people not above them'],
  'workflow:activate': ['member', 'Activate, pause and archive workflows'],
  'workflow:run': ['member', 'Start, cancel and retry runs: members of their own workflows, managers of all'],
  'workflow:delete': ['admin', 'Delete workflows with their versions and runs'],
  'lua_script:read': ['viewer', 'See scripts'],
  'lua_script:run': ['member', 'Try scripts'],
  /** Not those of people above them: scripts run in workflows that are not theirs. */
  'lua_script:create': ['manager', 'Create scripts'],
  'lua_script:update': ['manager', 'Change scripts'],
  'lua_script:delete': ['manager', 'Delete scripts'],
});

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
