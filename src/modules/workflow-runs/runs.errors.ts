import { ConflictError, ForbiddenError, NotFoundError, RateLimitError } from '../../common/errors/app-error.js';

export const runNotFound = () => new NotFoundError('workflow_run');

export const stepNotFound = () => new NotFoundError('workflow_run_step');

/** @remedy Activate the workflow. */
export const workflowNotActive = () =>
  new ConflictError('workflow.not_active', 'The workflow is not active; it can only be started manually.');

/** Suggested delay before another start: some runs may have ended by then. */
const RETRY_WHEN_RUNS_END_MS = 30_000;

export const tooManyOpenRuns = (limit: number) =>
  new RateLimitError(
    'workflow_run.too_many_open',
    `The plan's limit of ${limit} open runs has been reached.`,
    RETRY_WHEN_RUNS_END_MS,
  );

export const TREE_USED_UP = 'workflow_run.tree_used_up';
export const TOO_DEEP = 'workflow_run.too_deep';

export const treeUsedUp = (limit: number) =>
  new RateLimitError(
    TREE_USED_UP,
    `The limit of ${limit} runs started by one chain of events has been reached.`,
    RETRY_WHEN_RUNS_END_MS,
  );

export const runHasEnded = () => new ConflictError('workflow_run.has_ended', 'The run has ended already.');

export const runCannotBeRetried = () =>
  new ConflictError('workflow_run.not_failed', 'Only a run that failed or was cancelled can be retried.');

export const nothingToDecide = () =>
  new ConflictError('workflow_run.nothing_to_decide', 'The step is not waiting for a decision.');

export const notYourDecision = () =>
  new ForbiddenError('workflow_run.not_an_approver', 'You are not an approver of this step.');
