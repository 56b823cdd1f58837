import { Injectable, Logger } from '@nestjs/common';

/**
 * Announces the end of the process. After `begin()`, readiness fails while requests are still served; `run()` stops
 * work that would never end otherwise: event streams and the task runner.
 */
@Injectable()
export class DrainService {
  private readonly logger = new Logger(DrainService.name);
  private readonly callbacks = new Set<() => void | Promise<void>>();
  private draining = false;
  private finished?: Promise<void>;

  get isDraining(): boolean {
    return this.draining;
  }

  /**
   * Registers a callback for when new requests are no longer accepted. It is called once, and the process waits for it,
   * up to SHUTDOWN_TIMEOUT_MS. Returns a function that unregisters it, for work that ends earlier.
   */
  onDrain(fn: () => void | Promise<void>): () => void {
    this.callbacks.add(fn);
    return () => this.callbacks.delete(fn);
  }

  /** Makes the process not ready. */
  begin(): void {
    this.draining = true;
  }

  /** Runs all callbacks concurrently. A failure is logged and does not stop the others. */
  run(): Promise<void> {
    this.begin();
    this.finished ??= this.callAll();
    return this.finished;
  }

  private async callAll(): Promise<void> {
    const results = await Promise.allSettled([...this.callbacks].map(async (fn) => fn()));
    for (const result of results) {
      if (result.status === 'rejected')
        this.logger.error('A part of the application did not stop cleanly.', result.reason);
    }
  }
}
