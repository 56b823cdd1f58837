import { backOffMs } from '../../../common/concurrency/back-off.js';
import type { RetryPolicy } from '../../workflows/definitions/definition.types.js';

/** The default retry policy: a single attempt. */
export const NO_RETRY: RetryPolicy = { maxAttempts: 1, delayMs: 0, backoffMultiplier: 1, jitterMs: 0 };

/** The longest pause between two attempts. */
export const MAX_DELAY_MS = 24 * 60 * 60 * 1000;

/** Returns the delay after attempt number `attempt` (from 1) failed: at most a day. `random` is from 0 to 1. */
export function retryDelayMs(
  { delayMs, backoffMultiplier, jitterMs }: RetryPolicy,
  attempt: number,
  random: number,
): number {
  const delay = backOffMs({ firstMs: delayMs, factor: backoffMultiplier }, attempt) + jitterMs * random;
  return Math.min(Math.round(delay), MAX_DELAY_MS);
}
