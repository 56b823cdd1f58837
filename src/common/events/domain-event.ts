import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Role } from '../identity/roles.js';

/** The step of a workflow run that emitted an event, and with whose rights. */
export interface EventAuthor {
  readonly userId: string;
  /** That the run had at most. */
  readonly role: Role;
  /** As of an `Actor`. */
  readonly isSuccessor?: boolean;
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
}

/** Something that happened in a tenant, and stayed: it is told only if its transaction was saved. */
export interface DomainEvent {
  /** UUIDv7; the same for every subscriber and every attempt. */
  readonly id: string;
  /** `<noun>.<past tense>`: `user.created`. */
  readonly name: string;
  /** JSON; a subscriber checks what it reads. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  /** How many things that events started led to it. Whoever starts something by events stops where it gets too deep. */
  readonly depth: number;
  /** Where its tree began: the id of the first event, or of the run that emitted it. Whoever starts something counts by it. */
  readonly rootId: string;
  /** Only for a tenant's own events. Events of the application have no author, whoever caused them. */
  readonly by?: EventAuthor;
}

export interface HandlesDomainEvents {
  /**
   * Runs in the background, inside the event's tenant, at least once and in no particular order.
   * @throws anything: it is told again later, with a growing delay; other subscribers do not notice.
   */
  handle(event: DomainEvent): Promise<void>;
}

/** How the dispatcher finds subscribers. */
export const DomainEventMetadata = DiscoveryService.createDecorator<{ event: string }>();

/** Makes a provider a subscriber: `@OnDomainEvent('user.created')`, or `'*'` for every event. */
export const OnDomainEvent = (event: string): ClassDecorator =>
  applyDecorators(Injectable(), DomainEventMetadata({ event }));
