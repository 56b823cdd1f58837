export interface EnqueueOptions {
  /** Earliest time of execution. Default: at once. */
  runAt?: Date;
  /**
   * Replaces a waiting task with the same key. A running one is not affected, and the new one runs after it. Up to 400
   * characters.
   */
  jobKey?: string;
  /**
   * Tasks of the same named queue run sequentially. Up to 80 characters. Each name slows polling down slightly, so name
   * a queue after a kind of work rather than a row.
   */
  queueName?: string;
  /** Default: 10 (about ten hours of growing delays); at most 25. */
  maxAttempts?: number;
}
