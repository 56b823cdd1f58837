import { MAX_RUN_BYTES } from './step-output.js';

/** Limit for all runs of this process together. */
const MAX_BYTES = 4 * MAX_RUN_BYTES;

/**
 * Limits the memory that runs of this process hold together. The first run is always accepted, so that at least one
 * makes progress.
 */
export class RunMemory {
  readonly #kept = new Map<string, number>();

  /** Returns false if there is no room for a run of that size. */
  reserve(runId: string, bytes: number): boolean {
    if (this.#kept.size > 0 && this.#total() + bytes > MAX_BYTES) return false;
    this.#kept.set(runId, bytes);
    return true;
  }

  /** Updates the size of a run. Returns false if it no longer fits and must be requeued. */
  resize(runId: string, bytes: number): boolean {
    this.#kept.set(runId, bytes);
    const [first] = this.#kept.keys();
    return first === runId || this.#total() <= MAX_BYTES;
  }

  release(runId: string): void {
    this.#kept.delete(runId);
  }

  #total(): number {
    let bytes = 0;
    for (const kept of this.#kept.values()) bytes += kept;
    return bytes;
  }
}
