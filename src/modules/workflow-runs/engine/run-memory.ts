import { MAX_RUN_BYTES } from './step-output.js';

/** Limit for all runs of this process together. */
const MAX_BYTES = 4 * MAX_RUN_BYTES;

/**
 * Counts what the runs of this process hold in memory, so that all together stay within a limit. The run that came first always fits, so
 * that one makes progress.
 */
export class RunMemory {
  readonly #kept = new Map<string, number>();

  /** False when there is no room for a run that holds so much. */
  reserve(runId: string, bytes: number): boolean {
    if (this.#kept.size > 0 && this.#total() + bytes > MAX_BYTES) return false;
    this.#kept.set(runId, bytes);
    return true;
  }

  /** What the run holds by now. False when it does not fit and has to be requeued. */
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
