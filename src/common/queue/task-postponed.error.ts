/**
 * Ends an attempt that does not count: the task has already been put back in the queue. Neither a failure nor logged.
 */
export class TaskPostponedError extends Error {
  constructor(readonly delayMs: number) {
    super(`Postponed by ${delayMs} ms.`);
    this.name = 'TaskPostponedError';
  }
}
