import { Injectable } from '@nestjs/common';
import { DatabaseListener } from '../../../common/listen/database-listener.js';
import { isUuid } from '../../../common/tenancy/is-uuid.js';
import { PROGRESS_CHANNEL, SIGNAL_CHANNEL } from './run-notifications.repository.js';

type Listener = () => void;

/**
 * Wakes the listeners of a run: streams when it has progressed, and the worker that executes it when it was signalled.
 * A notification contains only ids; listeners read the rest. After a gap in notifications all listeners are woken.
 */
@Injectable()
export class RunFeed {
  readonly #progress = new Map<string, Set<Listener>>();
  readonly #signals = new Map<string, Set<Listener>>();

  constructor(listener: DatabaseListener) {
    for (const [channel, listeners] of [
      [PROGRESS_CHANNEL, this.#progress],
      [SIGNAL_CHANNEL, this.#signals],
    ] as const) {
      listener.subscribe(channel, {
        onMessage: (payload) => {
          for (const id of payload.split(',')) if (isUuid(id)) wake(listeners.get(id));
        },
        onGap: () => listeners.forEach(wake),
      });
    }
  }

  /** Subscribes to progress of the run. Returns a function that ends the subscription. */
  onProgress(runId: string, listener: Listener): () => void {
    return subscribe(this.#progress, runId, listener);
  }

  /** Subscribes to signals of the run. Returns a function that ends the subscription. */
  onSignal(runId: string, listener: Listener): () => void {
    return subscribe(this.#signals, runId, listener);
  }
}

function subscribe(listeners: Map<string, Set<Listener>>, runId: string, listener: Listener): () => void {
  const ofRun = listeners.get(runId) ?? new Set();
  listeners.set(runId, ofRun.add(listener));
  return () => {
    ofRun.delete(listener);
    if (ofRun.size === 0) listeners.delete(runId);
  };
}

function wake(listeners: Set<Listener> | undefined): void {
  for (const listener of [...(listeners ?? [])]) listener();
}
