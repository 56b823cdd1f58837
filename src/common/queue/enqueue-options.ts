export interface EnqueueOptions {
  /** Not before this moment. Default: at once. */
  runAt?: Date;
  /** A pending job with the same key is replaced by this one; a running one stays, and this one follows it. Up to 400 characters. */
  jobKey?: string;
  /**
   * Jobs of the same queue run one after the other. Up to 80 characters. Every name costs each look for work a little, so
   * name a queue after a kind of work, not after a row.
   */
  queueName?: string;
  /** Default 10 (about ten hours of growing delays), at most 25. */
  maxAttempts?: number;
}
