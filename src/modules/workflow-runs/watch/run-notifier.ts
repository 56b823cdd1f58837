import { Injectable, Logger } from '@nestjs/common';
import { RunNotificationsRepository } from './run-notifications.repository.js';

/** Whoever watches a run hears of it this late at most. */
const INTERVAL_MS = 25;

/**
 * Tells all processes that something happened in runs: many runs in one notification, because the database sends notifications one
 * transaction at a time. What is lost with the process is found by whoever looks next.
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
    setImmediate(() => void this.#tell());
  }

  /** Something was asked of the run: whoever has it looks, once the running transaction is saved. */
  asked(runId: string): Promise<void> {
    return this.notifications.tellSignal(runId);
  }

  /** `asked` of many. */
  askedAll(runIds: readonly string[]): Promise<void> {
    return this.notifications.tellSignals(runIds);
  }

  async #tell(): Promise<void> {
    const runIds = [...this.#changed];
    this.#changed = new Set();
    try {
      await this.notifications.tellProgress(runIds);
    } catch (error) {
      this.#logger.warn({ err: error }, 'Failed to notify subscribers of run changes.');
    }
    if (this.#changed.size === 0) this.#isPlanned = false;
    else setTimeout(() => void this.#tell(), INTERVAL_MS);
  }
}
