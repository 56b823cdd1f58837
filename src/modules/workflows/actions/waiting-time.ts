import { parseTimestamp } from '../../../common/values/timestamps.js';
import { databaseClock } from '../../../common/time/database-clock.js';

/** Nothing waits longer than a year: definitions, people and keys change in less. */
export const MAX_WAIT_MS = 31_536_000_000;

/**
 * From now, or the time itself; at most a year ahead.
 * @param wait `at` as `parseTimestamp` reads it.
 * @throws TypeError for a text that names no time: the rules of the configuration refuse it before.
 */
export function waitUntil({ ms, at }: { ms?: number; at?: string }): Date {
  const latest = databaseClock.nowMs() + MAX_WAIT_MS;
  if (at === undefined) return new Date(Math.min(databaseClock.nowMs() + (ms ?? 0), latest));
  const time = parseTimestamp(at);
  if (!time) throw new TypeError('The time to wait for is invalid.');
  return time.getTime() < latest ? time : new Date(latest);
}
