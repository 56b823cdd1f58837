import { MAX_RUN_BYTES } from './step-output.js';

/** Of all runs in this process together. */
const MAX_BYTES = 4 * MAX_RUN_BYTES;

/**
 * Counts what the runs in this process keep, so that all together stay within what the process was given. Whoever came first may
 * always go on, so that somebody does.
 */
export class RunMemory {
  readonly #kept = new Map<string, number>();

  /** False when there is no room for a run that keeps so much. */
  enter(runId: string, bytes: number): boolean {
    if (this.#kept.size > 0 && this.#total() + bytes > MAX_BYTES) return false;
    this.#kept.set(runId, bytes);
    return true;
  }

  /** What the run keeps by now. False when it has to go, and to come back when others have left. */
  keep(runId: string, bytes: number): boolean {
    this.#kept.set(runId, bytes);
    const [first] = this.#kept.keys();
    return first === runId || this.#total() <= MAX_BYTES;
  }

  leave(runId: string): void {
    this.#kept.delete(runId);
  }

  #total(): number {
    let bytes = 0;
    for (const kept of this.#kept.values()) bytes += kept;
    return bytes;
  }
}
