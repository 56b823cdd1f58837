import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Role } from '../identity/roles.js';

/** The workflow step that emitted an event, and the identity it ran with. */
export interface EventAuthor {
  readonly userId: string;
  /** The highest role the run may use. */
  readonly role: Role;
  /** See `Actor`. */
  readonly isSuccessor?: boolean;
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
}

/** Something that happened in a tenant. It is delivered only after its transaction committed. */
export interface DomainEvent {
  /** UUIDv7; the same for every subscriber and every attempt. */
  readonly id: string;
  /** `<noun>.<past tense>`: `user.created`. */
  readonly name: string;
  /** JSON. Subscribers validate the parts they read. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  /**
   * Number of event-triggered actions that led to this event. Code that starts actions on events stops at a maximum
   * depth.
   */
  readonly depth: number;
  /**
   * Root of the causal tree: the id of the first event, or of the run that emitted it. Limits on actions started by
   * events are counted per root.
   */
  readonly rootId: string;
  /** Only for a tenant's custom events. Events of the application have no author. */
  readonly by?: EventAuthor;
}

export interface HandlesDomainEvents {
  /**
   * Runs in the background inside the event's tenant, at least once and in no particular order.
   * @throws any error: the delivery is retried with growing delays; other subscribers are not affected.
   */
  handle(event: DomainEvent): Promise<void>;
}

/** Metadata by which the dispatcher discovers subscribers. */
export const DomainEventMetadata = DiscoveryService.createDecorator<{ event: string }>();

/** Registers a provider as a subscriber: `@OnDomainEvent('user.created')`, or `'*'` for every event. */
export const OnDomainEvent = (event: string): ClassDecorator =>
  applyDecorators(Injectable(), DomainEventMetadata({ event }));
