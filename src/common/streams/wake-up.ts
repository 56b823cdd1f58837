/** Lets one waiter be woken by several callers. A call made before the wait is not lost. */
export class WakeUp {
  #isCalled = false;
  #resolve: ((woken: boolean) => void) | undefined;

  /** @param end ends every wait. */
  constructor(private readonly end: AbortSignal) {
    end.addEventListener('abort', () => this.wake(), { once: true });
  }

  get isOver(): boolean {
    return this.end.aborted;
  }

  wake(): void {
    this.#isCalled = true;
    this.#resolve?.(true);
  }

  /** Resolves with true if woken since the last wait, with false after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.#isCalled && !this.end.aborted) {
      await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), timeoutMs);
        this.#resolve = (woken) => {
          clearTimeout(timer);
          resolve(woken);
        };
      });
    }
    const isCalled = this.#isCalled;
    this.#isCalled = false;
    return isCalled || this.end.aborted;
  }
}
