/** The task that starts or continues a run. Payload: `{runId}`. */
export const RUN_JOB = 'workflow.run';

/** A worker crash counts as an attempt, and so does each retry; their growing delays add up to hours. */
export const RUN_JOB_ATTEMPTS = 10;

/** A run has at most one pending task. */
export const runTaskKey = (runId: string): string => `run:${runId}`;

/** The task that checks a tenant's open runs. */
export const WATCH_JOB = 'workflow.watch';
export const WATCH_JOB_KEY = 'workflow.watch';
