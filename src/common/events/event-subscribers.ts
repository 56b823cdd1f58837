import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { DomainEventMetadata, type HandlesDomainEvents } from './domain-event.js';

/** All subscribers, by class name, which is how queued deliveries refer to them. */
@Injectable()
export class EventSubscribers {
  #subscribers?: Map<string, { event: string; handler: HandlesDomainEvents }>;

  constructor(private readonly discovery: DiscoveryService) {}

  /** Returns the names of an event's subscribers. */
  of(event: string): string[] {
    return [...this.#all()].filter(([, known]) => known.event === '*' || known.event === event).map(([name]) => name);
  }

  find(name: string): HandlesDomainEvents | undefined {
    return this.#all().get(name)?.handler;
  }

  /** @throws Error when two subscribers have the same name, or one has no `handle`. */
  #all(): Map<string, { event: string; handler: HandlesDomainEvents }> {
    if (this.#subscribers) return this.#subscribers;
    const found = new Map<string, { event: string; handler: HandlesDomainEvents }>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: DomainEventMetadata.KEY })) {
      const metadata = this.discovery.getMetadataByDecorator(DomainEventMetadata, wrapper);
      const handler = wrapper.instance as HandlesDomainEvents | undefined;
      if (!metadata) continue;
      const { name } = wrapper.metatype as { name: string };
      if (typeof handler?.handle !== 'function') throw new Error(`The subscriber ${name} has no method "handle".`);
      if (found.has(name)) throw new Error(`There are two subscribers named ${name}.`);
      found.set(name, { ...metadata, handler });
    }
    return (this.#subscribers = found);
  }
}
