import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { JobsService } from '../jobs/jobs.service.js';
import type { DomainEvent } from './domain-event.js';
import { currentEventOrigin } from './event-origin.js';
import { EventSubscribers } from './event-subscribers.js';

export const DELIVER_EVENT = 'event.deliver';

const EVENT_NAME = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/;
const MAX_NAME_LENGTH = 100;

/** Whether a text can be the name of an event: `<noun>.<past tense>`, up to 100 characters. */
export function isEventName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && EVENT_NAME.test(name);
}

/** Tells the rest of the program what happened in the current tenant. */
@Injectable()
export class EventsService {
  constructor(
    private readonly jobs: JobsService,
    private readonly subscribers: EventSubscribers,
  ) {}

  /**
   * Enqueues the event for each subscriber, in the running transaction: undone with it. Nobody is told before it is saved.
   * @param payload JSON of at most 256 KiB, without secrets: it waits in the queue, readable to operators.
   * @throws Error for a name that is none; TenantContextMissingError outside a tenant.
   */
  async emit(name: string, payload: Record<string, unknown>): Promise<void> {
    if (!isEventName(name)) throw new Error(`${name} is no name of an event.`);
    const id = uuidv7();
    const { depth, rootId = id } = currentEventOrigin();
    const event: DomainEvent = {
      id,
      name,
      payload,
      occurredAt: new Date().toISOString(),
      depth,
      rootId,
    };
    for (const subscriber of this.subscribers.of(name)) {
      await this.jobs.enqueue(DELIVER_EVENT, { subscriber, event });
    }
  }
}
