import { Injectable, Logger } from '@nestjs/common';
import { RunNotificationsRepository } from './run-notifications.repository.js';

/** The longest delay of a notification to those who watch a run. */
const INTERVAL_MS = 25;

/**
 * Notifies all processes of progress in runs: many runs in one notification, because the database sends notifications one transaction at
 * a time. Notifications that are lost with the process are replaced by the next ones.
 */
@Injectable()
export class RunNotifier {
  readonly #logger = new Logger(RunNotifier.name);
  #changed = new Set<string>();
  #isPlanned = false;

  constructor(private readonly notifications: RunNotificationsRepository) {}

  /** Call it when the change is saved. */
  changed(runId: string): void {
    this.#changed.add(runId);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => void this.#publish());
  }

  /** Something was asked of the run: the worker that has it is notified when the running transaction commits. */
  signal(runId: string): Promise<void> {
    return this.notifications.notifySignal(runId);
  }

  /** `signal` of many. */
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
