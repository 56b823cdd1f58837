import { Injectable, Logger } from '@nestjs/common';
import { RunNotificationsRepository } from './run-notifications.repository.js';

/** Maximum delay of a progress notification. */
const INTERVAL_MS = 25;

/**
 * Notifies all processes of progress in runs: many runs in one notification, because the database sends notifications
 * one transaction at a time. Notifications that are lost with the process are made up for by later ones.
 */
@Injectable()
export class RunNotifier {
  readonly #logger = new Logger(RunNotifier.name);
  #changed = new Set<string>();
  #isPlanned = false;

  constructor(private readonly notifications: RunNotificationsRepository) {}

  /** Call it after the change has been committed. */
  changed(runId: string): void {
    this.#changed.add(runId);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => void this.#publish());
  }

  /** Notifies the worker that executes the run when the running transaction commits. */
  signal(runId: string): Promise<void> {
    return this.notifications.notifySignal(runId);
  }

  /** Does the same as `signal`, for many runs. */
  signalAll(runIds: readonly string[]): Promise<void> {
    return this.notifications.notifySignals(runIds);
  }

  async #publish(): Promise<void> {
    const runIds = [...this.#changed];
    this.#changed = new Set();
    try {
      await this.notifications.notifyProgress(runIds);
    } catch (error) {
      this.#logger.warn({ err: error }, 'Failed to notify subscribers of run changes.');
    }
    if (this.#changed.size === 0) this.#isPlanned = false;
    else setTimeout(() => void this.#publish(), INTERVAL_MS);
  }
}
