import { parseTimestamp } from '../../../common/values/timestamps.js';
import { databaseClock } from '../../../common/time/database-clock.js';

/** Waits are limited to a year, because definitions, people and keys rarely stay the same for longer. */
export const MAX_WAIT_MS = 31_536_000_000;

/**
 * Returns the end of a wait, given as a duration from now or as a time; at most a year ahead.
 * @param wait `at` in a format that `parseTimestamp` accepts.
 * @throws TypeError for an invalid time, which validation of the configuration has already refused.
 */
export function waitUntil({ ms, at }: { ms?: number; at?: string }): Date {
  const latest = databaseClock.nowMs() + MAX_WAIT_MS;
  if (at === undefined) return new Date(Math.min(databaseClock.nowMs() + (ms ?? 0), latest));
  const time = parseTimestamp(at);
  if (!time) throw new TypeError('The time to wait for is invalid.');
  return time.getTime() < latest ? time : new Date(latest);
}
