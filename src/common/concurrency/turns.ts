import { setImmediate as nextTurn } from 'node:timers/promises';

const DEFAULT_SLICE_MS = 5;

/** For long work on the main thread: gives the event loop its turn whenever the work has had it for a while. */
export class Turns {
  #since = performance.now();

  constructor(private readonly sliceMs = DEFAULT_SLICE_MS) {}

  /** Call it between two pieces of the work. */
  async give(): Promise<void> {
    if (performance.now() - this.#since < this.sliceMs) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
