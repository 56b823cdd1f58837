export interface BatchOptions {
  /** Items per batch. Default: 100. */
  batchSize?: number;
  /** Batches processed at once; each uses a database connection. Default: 1. */
  maxConcurrency?: number;
  /** Called after each batch with the number of items processed so far. */
  onProgress?: (processed: number) => void;
}

/**
 * Passes items to `work` in batches. After an error no further batch starts, and running ones are awaited. @throws the
 * first error.
 */
export async function inBatches<T>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (batch: T[]) => Promise<void>,
  { batchSize = 100, maxConcurrency = 1, onProgress }: BatchOptions,
): Promise<void> {
  const batches = batchesOf(items, batchSize);
  let processed = 0;
  let failure: { error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    try {
      while (!failure) {
        // An async generator queues concurrent calls, so several lanes may share one.
        const { value, done } = await batches.next();
        if (done) return;
        await work(value);
        processed += value.length;
        onProgress?.(processed);
      }
    } catch (error) {
      failure ??= { error };
    }
  };
  await Promise.all(Array.from({ length: maxConcurrency }, lane));
  await batches.return();
  if (failure) throw failure.error;
}

async function* batchesOf<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[], void, void> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
