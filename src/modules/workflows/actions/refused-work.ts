import { AppError, InvalidInputError, RateLimitError, UnavailableError } from '../../../common/errors/app-error.js';
import { ActionError } from './workflow-action.js';

/** Does what our own services may refuse: refusals become ActionErrors with their code, and are not tried again in vain. */
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
