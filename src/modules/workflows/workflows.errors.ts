import { ConflictError, ForbiddenError, NotFoundError, UnprocessableError } from '../../common/errors/app-error.js';
import type { DefinitionProblem } from './definitions/definition.types.js';

export const workflowNotFound = () => new NotFoundError('workflow');

export const versionNotFound = () => new NotFoundError('workflow_version');

/** @remedy Choose another name. */
export const workflowNameTaken = () => new ConflictError('workflow.name_taken', 'Another workflow has this name.');

export const notYourWorkflow = () =>
  new ForbiddenError(
    'workflow.not_yours',
    "A workflow is its owner's; others need to be a manager, and not below the owner.",
  );

/**
 * 422 with every problem.
 * @remedy Correct the workflow; `errors` names every problem in it.
 */
export const workflowInvalid = (problems: DefinitionProblem[]) =>
  new UnprocessableError('workflow.invalid', 'The workflow cannot run as it is.', problems);

export const workflowInStatus = (status: string) =>
  new ConflictError('workflow.invalid_transition', `This cannot be done to a workflow that is ${status}.`);

export const workflowArchived = () => new ConflictError('workflow.archived', 'An archived workflow cannot be run.');

export const workflowBusy = () =>
  new ConflictError('workflow.busy', 'It has runs that have not ended. Cancel them, or wait.');

export const pendingHandover = () =>
  new ConflictError(
    'workflow.pending_handover',
    'Its owner was given it by somebody who may do less, and has not activated it yet.',
  );
