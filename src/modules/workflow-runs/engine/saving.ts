import { retrying } from '../../../common/concurrency/back-off.js';
import { UnavailableError } from '../../../common/errors/app-error.js';
import { sqlStateOf, toAppError } from '../../../common/prisma/prisma-errors.js';
import { LEASE_MS } from './run-leases.repository.js';

/** A finished step is worth some patience: what cannot be saved is done again. */
const PATIENCE_MS = 2 * LEASE_MS;
/** While the database is away nobody else can go on with the run: longer than a restart or a fail-over takes. */
const AWAY_PATIENCE_MS = 15 * 60_000;
const PAUSES = { firstMs: 50, maxMs: 2000 };

/** Tries again for as long as the database is away, or overloaded for a while. @throws what stays, or when `giveUp` is aborted. */
export function patiently<T>(work: () => Promise<T>, giveUp: AbortSignal): Promise<T> {
  const mayTryAgain = (error: unknown, elapsedMs: number): boolean =>
    elapsedMs <= patienceFor(error) && !giveUp.aborted;
  return retrying(work, mayTryAgain, PAUSES);
}

/** In milliseconds; negative for what comes again. */
function patienceFor(error: unknown): number {
  const known = toAppError(error);
  if (!(known instanceof UnavailableError)) return -1;
  return known.code === 'database.unavailable' ? AWAY_PATIENCE_MS : PATIENCE_MS;
}

/** Whether PostgreSQL, or JavaScript before it, could not take a value (classes 22 and 54: data exceptions, and limits of the program). */
export function isOfTheData(error: unknown): boolean {
  return /^(?:22|54)/.test(sqlStateOf(error) ?? '') || error instanceof RangeError || error instanceof TypeError;
}
