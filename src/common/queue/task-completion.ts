import type { JobHelpers } from 'graphile-worker';
import { retrying } from '../concurrency/back-off.js';
import { UnavailableError } from '../errors/app-error.js';
import { toAppError } from '../prisma/prisma-errors.js';

const PAUSES = { firstMs: 100, maxMs: 5000 };

/**
 * Records that a task has ended, retrying while the database is unavailable: graphile-worker tries only once, and the
 * task would then run again.
 */
export async function complete({ job, query, abortSignal }: JobHelpers): Promise<void> {
  const mayTryAgain = (error: unknown): boolean =>
    !abortSignal.aborted && toAppError(error) instanceof UnavailableError;
  await retrying(() => query('SELECT jobs.complete($1, $2)', [job.id, job.locked_by]), mayTryAgain, PAUSES);
}
