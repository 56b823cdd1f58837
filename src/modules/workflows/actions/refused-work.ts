import { AppError, InvalidInputError, RateLimitError, UnavailableError } from '../../../common/errors/app-error.js';
import { ActionError } from './workflow-action.js';

/**
 * Calls our own services, converting their refusals to ActionErrors with the same code, which are not retried in vain.
 */
export async function refusable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isPassing =
      error instanceof UnavailableError || error instanceof RateLimitError || error.code === 'idempotency.in_progress';
    const problems = error instanceof InvalidInputError ? error.problems : undefined;
    throw new ActionError(error.code, error.message, isPassing, problems);
  }
}
