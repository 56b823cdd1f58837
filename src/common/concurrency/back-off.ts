import { setTimeout as delay } from 'node:timers/promises';

/** Pauses between attempts that grow: `firstMs · factor^(n - 1)` after attempt n, at most `maxMs`. */
export interface BackOff {
  readonly firstMs: number;
  /** Default 2. */
  readonly factor?: number;
  readonly maxMs?: number;
  /** Spreads each pause over 50 to 150 %, so that those who failed together do not come back together. */
  readonly spread?: boolean;
}

/** The pause after attempt `attempt` (from 1) has failed, in milliseconds. @param random from 0 to 1. */
export function backOffMs(
  { firstMs, factor = 2, maxMs = Infinity, spread = false }: BackOff,
  attempt: number,
  random = Math.random(),
): number {
  const pauseMs = Math.min(firstMs * factor ** (attempt - 1), maxMs);
  return spread ? pauseMs * (0.5 + random) : pauseMs;
}

/**
 * Does the work again until it succeeds.
 * @param mayTryAgain told the error and how long all attempts took so far, in milliseconds.
 * @throws the error after which it may not be tried again.
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
