import { ConflictError, ForbiddenError, NotFoundError, RateLimitError } from '../../common/errors/app-error.js';

export const runNotFound = () => new NotFoundError('workflow_run');

export const stepNotFound = () => new NotFoundError('workflow_run_step');

/** @remedy Activate the workflow. */
export const workflowNotActive = () =>
  new ConflictError('workflow.not_active', 'The workflow is not active: nothing but people can start it.');

/** Until some runs may have ended. */
const RETRY_WHEN_RUNS_END_MS = 30_000;

export const tooManyOpenRuns = (limit: number) =>
  new RateLimitError(
    'workflow_run.too_many_open',
    `The plan allows ${limit} runs that have not ended, and there are as many.`,
    RETRY_WHEN_RUNS_END_MS,
  );

export const TREE_USED_UP = 'workflow_run.tree_used_up';
export const TOO_DEEP = 'workflow_run.too_deep';

export const treeUsedUp = (limit: number) =>
  new RateLimitError(
    TREE_USED_UP,
    `Events that go back to the same beginning start ${limit} runs at most.`,
    RETRY_WHEN_RUNS_END_MS,
  );

export const runHasEnded = () => new ConflictError('workflow_run.has_ended', 'The run has ended already.');

export const runCannotBeRetried = () =>
  new ConflictError('workflow_run.not_failed', 'Only a run that failed or was cancelled can be retried.');

export const nothingToDecide = () =>
  new ConflictError('workflow_run.nothing_to_decide', 'The step does not wait for a decision, or not any more.');

export const notYourDecision = () => new ForbiddenError('workflow_run.not_an_approver', 'Others decide this step.');
