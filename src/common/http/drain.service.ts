import { Injectable, Logger } from '@nestjs/common';

/**
 * Tells the process that it is about to end.
 * From `begin()` on readiness fails while requests are still served; `run()` ends what would never end by itself:
 * event streams, the job runner.
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
   * `fn` is called once, when new requests are no longer accepted; the process waits for it, up to SHUTDOWN_TIMEOUT_MS.
   * Returns a function that forgets it (a stream that ended by itself).
   */
  onDrain(fn: () => void | Promise<void>): () => void {
    this.callbacks.add(fn);
    return () => this.callbacks.delete(fn);
  }

  /** Not ready from now on. */
  begin(): void {
    this.draining = true;
  }

  /** Calls everything registered, at the same time. A failure is logged and keeps nothing else from ending. */
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
