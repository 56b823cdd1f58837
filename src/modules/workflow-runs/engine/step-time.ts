import { StepTimeoutError } from './step-failure.js';

/** A step was aborted, through no fault of its own. */
export class StepAbortedError extends Error {
  constructor() {
    super('The run has ended, or its worker is shutting down.');
    this.name = 'AbortError';
  }
}

/** Aborts the work after the time limit. Work that does not stop then is abandoned, and its result ignored. */
export async function withTimeout<T>(stop: AbortController, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true });
  });
  const timer = setTimeout(() => stop.abort(new StepTimeoutError(timeoutMs)), timeoutMs).unref();
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    clearTimeout(timer);
  }
}
