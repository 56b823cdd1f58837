import type { Actor } from '../../common/identity/actor.js';
import { definePermissions } from '../../common/identity/permissions.js';
import { levelOf, type Role } from '../../common/identity/roles.js';
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

/** Whoever a thing belongs to; `id` is null for somebody who is no user (any more). */
export interface Holder {
  id: string | null;
  role: Role;
}

/**
 * Whether the actor may change a workflow of `owner`, or say when it runs. Runs act with the owner's rights: whoever could change the
 * workflow of somebody above would have those rights, too.
 */
export function mayChange(actor: Actor, owner: Holder): boolean {
  return isOwn(actor, owner.id) || (isManager(actor) && levelOf(actor.role) >= levelOf(owner.role));
}

/** @throws ForbiddenError `workflow.not_yours` */
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

/** The user an actor is, or null for those who are no users of the tenant. */
export function userIdOf(actor: Actor): string | null {
  return actor.kind === 'user' || actor.kind === 'api_key' ? actor.id : null;
}

/** Whether it is the actor's own. Nothing is for whoever goes on with what somebody else began. */
export function isOwn(actor: Actor, ownerId: string | null): boolean {
  return ownerId !== null && userIdOf(actor) === ownerId && !actor.isSuccessor;
}

function isManager(actor: Actor): boolean {
  return levelOf(actor.role) >= levelOf('manager');
}
