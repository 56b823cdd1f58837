import { ConflictError, ForbiddenError, NotFoundError, UnprocessableError } from '../../common/errors/app-error.js';
import type { DefinitionProblem } from './definitions/definition.types.js';

export const workflowNotFound = () => new NotFoundError('workflow');

export const versionNotFound = () => new NotFoundError('workflow_version');

/** @remedy Choose another name. */
export const workflowNameTaken = () =>
  new ConflictError('workflow.name_taken', 'Another workflow already has this name.');

export const notYourWorkflow = () =>
  new ForbiddenError(
    'workflow.not_yours',
    "Only the owner, or a manager of at least the owner's level, may change this workflow.",
  );

/** @remedy Use an API key that holds these permissions, or save the workflow as a signed-in user. */
export const permissionNotHeld = (permissions: string[]) =>
  new ForbiddenError(
    'workflow.permission_not_held',
    `This API key lacks permissions that the workflow's actions require: ${permissions.join(', ')}.`,
  );

/**
 * 422 with every problem.
 * @remedy Correct the workflow; `errors` names every problem in it.
 */
export const workflowInvalid = (problems: DefinitionProblem[]) =>
  new UnprocessableError('workflow.invalid', 'The workflow is not valid.', problems);

export const workflowInStatus = (status: string) =>
  new ConflictError('workflow.invalid_transition', `This is not possible for a workflow in status ${status}.`);

export const workflowArchived = () => new ConflictError('workflow.archived', 'An archived workflow cannot be run.');

export const workflowBusy = () =>
  new ConflictError('workflow.busy', 'The workflow has unfinished runs. Cancel them, or wait until they have ended.');

export const pendingHandover = () =>
  new ConflictError(
    'workflow.pending_handover',
    'The workflow was handed over by a user with a lower role; its new owner has to activate it first.',
  );
