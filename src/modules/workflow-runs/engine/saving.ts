import { retrying } from '../../../common/concurrency/back-off.js';
import { UnavailableError } from '../../../common/errors/app-error.js';
import { sqlStateOf, toAppError } from '../../../common/prisma/prisma-errors.js';
import { LEASE_MS } from './run-leases.repository.js';

/** Short, because executing an unsaved step again is cheaper than waiting long. */
const PATIENCE_MS = 2 * LEASE_MS;
/**
 * Longer than a restart or fail-over of the database takes: while it is unavailable, no other worker can continue the
 * run either.
 */
const AWAY_PATIENCE_MS = 15 * 60_000;
const PAUSES = { firstMs: 50, maxMs: 2000 };

/**
 * Retries while the database is unavailable or overloaded.
 * @throws other errors, and the last one if `abort` is aborted.
 */
export function retryUnavailable<T>(work: () => Promise<T>, abort: AbortSignal): Promise<T> {
  const mayTryAgain = (error: unknown, elapsedMs: number): boolean => elapsedMs <= patienceFor(error) && !abort.aborted;
  return retrying(work, mayTryAgain, PAUSES);
}

/** Returns how long to retry, in milliseconds; negative for errors that a retry does not resolve. */
function patienceFor(error: unknown): number {
  const known = toAppError(error);
  if (!(known instanceof UnavailableError)) return -1;
  return known.code === 'database.unavailable' ? AWAY_PATIENCE_MS : PATIENCE_MS;
}

/**
 * Returns whether PostgreSQL, or JavaScript before it, could not store a value (classes 22 and 54: data exceptions and
 * program limits).
 */
export function isDataError(error: unknown): boolean {
  return /^(?:22|54)/.test(sqlStateOf(error) ?? '') || error instanceof RangeError || error instanceof TypeError;
}
