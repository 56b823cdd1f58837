/** Ends an attempt that does not count: the job is back in the queue already. Neither a failure nor worth a log line. */
export class JobPostponedError extends Error {
  constructor(readonly delayMs: number) {
    super(`Postponed by ${delayMs} ms.`);
    this.name = 'JobPostponedError';
  }
}
