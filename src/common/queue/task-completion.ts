import { setTimeout as delay } from 'node:timers/promises';
import type { JobHelpers } from 'graphile-worker';
import { UnavailableError } from '../errors/app-error.js';
import { toAppError } from '../prisma/prisma-errors.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/**
 * Records that a job has ended, and tries again for as long as the database is away: graphile-worker tries once, and the job
 * would run a second time.
 */
export async function complete({ job, query, abortSignal }: JobHelpers): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      await query('SELECT jobs.complete($1, $2)', [job.id, job.locked_by]);
      return;
    } catch (error) {
      if (abortSignal.aborted || !(toAppError(error) instanceof UnavailableError)) throw error;
      await delay(pauseMs);
    }
  }
}
