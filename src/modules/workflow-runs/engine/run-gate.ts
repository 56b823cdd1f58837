import { setTimeout as delay } from 'node:timers/promises';

/** How long others go first, and how long those that have begun by then are waited for. */
const PATIENCE_MS = 5000;
const LOOK_MS = 50;

/** A place in this process that a run has. */
export interface RunPlace {
  /** Nothing is to be feared of the run any more: others may begin beside it. */
  share(): void;
  leave(): void;
}

/**
 * Lets runs into this process. One that took its worker with it goes last, and alone: should it do so again, no innocent one is with
 * it. How long it is alone is bounded, since others wait.
 */
export class RunGate {
  #inside = 0;
  #alone: Promise<void> | undefined;

  async enter(): Promise<RunPlace> {
    while (this.#alone) await this.#alone;
    return this.#take();
  }

  async enterAlone(aloneMs: number): Promise<RunPlace> {
    const since = performance.now();
    while (this.#alone || (this.#inside > 0 && performance.now() - since < PATIENCE_MS)) await delay(LOOK_MS);
    let open = (): void => undefined;
    const alone = new Promise<void>((resolve) => (open = resolve));
    this.#alone = alone;
    const closedAt = performance.now();
    while (this.#inside > 0 && performance.now() - closedAt < PATIENCE_MS) await delay(LOOK_MS);
    const place = this.#take();
    const share = (): void => {
      clearTimeout(timer);
      if (this.#alone === alone) this.#alone = undefined;
      open();
    };
    const timer = setTimeout(share, aloneMs).unref();
    return {
      share,
      leave: () => {
        share();
        place.leave();
      },
    };
  }

  #take(): RunPlace {
    this.#inside += 1;
    return { share: () => undefined, leave: () => (this.#inside -= 1) };
  }
}
