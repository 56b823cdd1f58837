import { setTimeout as delay } from 'node:timers/promises';

/** Time for which other runs may start first, and time to wait for those that have started by then. */
const PATIENCE_MS = 5000;
const LOOK_MS = 50;

/** A run's place in this process. */
export interface RunPlace {
  /** Called when the run is no longer suspect: others may start beside it. */
  share(): void;
  leave(): void;
}

/**
 * Admits runs to this process. A run that crashed its worker starts last and alone, so that another crash affects no
 * other run. The time it is alone is limited, since others wait.
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
