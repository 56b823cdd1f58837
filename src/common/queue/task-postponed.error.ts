/** Ends an attempt that does not count: the job is back in the queue already. Neither a failure nor worth a log line. */
export class TaskPostponedError extends Error {
  constructor(readonly delayMs: number) {
    super(`Postponed by ${delayMs} ms.`);
    this.name = 'TaskPostponedError';
  }
}
