import { ConflictError, ForbiddenError, NotFoundError } from '../../../common/errors/app-error.js';

export const runNotFound = () => new NotFoundError('workflow_run');

export const stepNotFound = () => new NotFoundError('workflow_run_step');

export const workflowNotActive = () =>
  new ConflictError('workflow.not_active', 'The workflow is not active: nothing but people can start it.');

export const runHasEnded = () => new ConflictError('workflow_run.has_ended', 'The run has ended already.');

export const runCannotBeRetried = () =>
  new ConflictError('workflow_run.not_failed', 'Only a run that failed or was cancelled can be retried.');

export const nothingToDecide = () =>
  new ConflictError('workflow_run.nothing_to_decide', 'The step does not wait for a decision, or not any more.');

export const notYourDecision = () => new ForbiddenError('workflow_run.not_an_approver', 'Others decide this step.');
