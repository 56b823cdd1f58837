import { setTimeout as delay } from 'node:timers/promises';

/** Exponential pauses between attempts: `firstMs · factor^(n - 1)` after attempt n, at most `maxMs`. */
export interface BackOff {
  readonly firstMs: number;
  /** Default: 2. */
  readonly factor?: number;
  readonly maxMs?: number;
  /** Randomizes each pause by 50 to 150 %, so that clients that failed together do not retry together. */
  readonly spread?: boolean;
}

/** Returns the pause after failed attempt `attempt` (from 1), in milliseconds. @param random from 0 to 1. */
export function backOffMs(
  { firstMs, factor = 2, maxMs = Infinity, spread = false }: BackOff,
  attempt: number,
  random = Math.random(),
): number {
  const pauseMs = Math.min(firstMs * factor ** (attempt - 1), maxMs);
  return spread ? pauseMs * (0.5 + random) : pauseMs;
}

/**
 * Repeats the work until it succeeds.
 * @param mayTryAgain called with the error and the time spent on all attempts so far, in milliseconds.
 * @throws the last error when it may not be tried again.
 */
export async function retrying<T>(
  work: () => Promise<T>,
  mayTryAgain: (error: unknown, elapsedMs: number) => boolean,
  pauses: BackOff,
): Promise<T> {
  const since = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!mayTryAgain(error, performance.now() - since)) throw error;
      await delay(backOffMs(pauses, attempt));
    }
  }
}
