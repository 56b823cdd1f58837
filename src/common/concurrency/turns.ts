import { setImmediate as nextTurn } from 'node:timers/promises';

const DEFAULT_SLICE_MS = 5;

/** Keeps long work on the main thread responsive: yields to the event loop whenever the current slice is used up. */
export class Turns {
  #since = performance.now();

  constructor(private readonly sliceMs = DEFAULT_SLICE_MS) {}

  /** Call between two units of work. */
  async give(): Promise<void> {
    if (performance.now() - this.#since < this.sliceMs) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
