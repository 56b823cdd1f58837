/** Executes a run, or continues one. Payload: `{runId}`. */
export const RUN_JOB = 'workflow.run';

/** A worker's death counts as an attempt; then come hours of growing delays. */
export const RUN_JOB_ATTEMPTS = 10;

/** A run has at most one pending task. */
export const runTaskKey = (runId: string): string => `run:${runId}`;

/** Watches a tenant's open runs. */
export const WATCH_JOB = 'workflow.watch';
export const WATCH_JOB_KEY = 'workflow.watch';
