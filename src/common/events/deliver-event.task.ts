import { type HandlesTasks, TaskHandler, type TaskPayload } from '../queue/task-handler.js';
import type { DomainEvent } from './domain-event.js';
import { withEventOrigin } from './event-origin.js';
import { EventSubscribers } from './event-subscribers.js';
import { DELIVER_EVENT } from './events.service.js';

/** Delivers one event to one subscriber. */
@TaskHandler(DELIVER_EVENT)
export class DeliverEventTask implements HandlesTasks {
  constructor(private readonly subscribers: EventSubscribers) {}

  /**
   * @throws Error for an unknown subscriber, so that the task is retried: during a rolling update another process may
   * have it.
   */
  async handle({ subscriber, event }: TaskPayload): Promise<void> {
    const handler = this.subscribers.find(String(subscriber));
    if (!handler) throw new Error(`There is no subscriber named ${String(subscriber)}.`);
    const stored = event as DomainEvent & { rootId?: string };
    // Tasks enqueued by an older version of the application have no root id.
    const told: DomainEvent = { ...stored, rootId: stored.rootId ?? stored.id };
    await withEventOrigin({ depth: told.depth, rootId: told.rootId }, () => handler.handle(told));
  }
}
