import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { QueueService } from '../queue/queue.service.js';
import type { DomainEvent, EventAuthor } from './domain-event.js';
import { isKnownEvent } from './event-catalog.js';
import { currentEventOrigin } from './event-origin.js';
import { EventSubscribers } from './event-subscribers.js';
import { databaseNow } from '../time/database-clock.js';

export const DELIVER_EVENT = 'event.deliver';

const EVENT_NAME = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/;
const MAX_NAME_LENGTH = 100;

/** True if the text is a valid event name: `<noun>.<past tense>`, up to 100 characters. */
export function isEventName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && EVENT_NAME.test(name);
}

/** Publishes events of the current tenant to subscribers in all modules. */
@Injectable()
export class EventsService {
  readonly #logger = new Logger(EventsService.name);

  constructor(
    private readonly queue: QueueService,
    private readonly subscribers: EventSubscribers,
  ) {}

  /**
   * Enqueues the event for each subscriber in the running transaction; a rollback discards it, and nothing is delivered
   * before the commit.
   * @param name an event declared with `defineEvents`, or a custom one.
   * @param payload JSON of at most 256 KiB, without secrets: it is stored in the queue, where operators can read it.
   * @param by author of a custom event.
   * @throws Error for an invalid name; TenantContextMissingError outside a tenant.
   */
  async emit(name: string, payload: Record<string, unknown>, by?: EventAuthor): Promise<void> {
    if (!isEventName(name)) throw new Error(`${name} is not a valid event name.`);
    // Only a warning, because the change has already happened. But no workflow can wait for such an event.
    if (!isKnownEvent(name)) this.#logger.warn({ event: name }, 'No module declares this event.');
    const id = uuidv7();
    const { depth, rootId = id } = currentEventOrigin();
    const event: DomainEvent = {
      id,
      name,
      payload,
      occurredAt: databaseNow().toISOString(),
      depth,
      rootId,
      ...(by && { by }),
    };
    for (const subscriber of this.subscribers.of(name)) {
      await this.queue.enqueue(DELIVER_EVENT, { subscriber, event });
    }
  }
}
