import { Injectable, Logger } from '@nestjs/common';
import { DatabaseListener } from '../listen/database-listener.js';
import { isUuid } from '../tenancy/is-uuid.js';
import { ChangeFeed } from './change-feed.js';

/** Payload of the channel `tenantry_identity`, sent by database triggers. */
export interface IdentityChange {
  readonly kind: 'tenant' | 'user' | 'session' | 'api_key' | 'platform_session';
  readonly tenantId: string | null;
  readonly id: string;
}

export interface IdentityChangeSubscriber {
  onChange(change: IdentityChange): void;
  /** Called when notifications may have been lost: forget everything. */
  onGap(): void;
}

const CHANNEL = 'tenantry_identity';
const KINDS: readonly unknown[] = ['tenant', 'user', 'session', 'api_key', 'platform_session'];

/** Receives identity changes made by any process; caches are invalidated and streams closed accordingly. */
@Injectable()
export class IdentityListener extends ChangeFeed {
  private readonly logger = new Logger(IdentityListener.name);
  private readonly subscribers = new Set<IdentityChangeSubscriber>();

  constructor(private readonly listener: DatabaseListener) {
    super();
    listener.subscribe(CHANNEL, { onMessage: (payload) => this.hear(payload), onGap: () => this.tellGap() });
  }

  get isHeard(): boolean {
    return this.listener.isHeard;
  }

  /** Returns a function that unsubscribes. */
  subscribe(subscriber: IdentityChangeSubscriber): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  private hear(payload: string): void {
    const change = parseChange(payload);
    if (!change) {
      this.logger.warn('Received an unknown notification; clearing caches.');
      return this.tellGap();
    }
    for (const subscriber of this.subscribers) subscriber.onChange(change);
  }

  private tellGap(): void {
    for (const subscriber of this.subscribers) subscriber.onGap();
  }
}

/** Returns the change, or null for an invalid payload: any database role can send on the channel. */
export function parseChange(payload: string): IdentityChange | null {
  try {
    const { kind, tenantId, id } = JSON.parse(payload) as Record<string, unknown>;
    const isChange = KINDS.includes(kind) && (tenantId === null || isUuid(tenantId)) && isUuid(id);
    return isChange ? ({ kind, tenantId, id } as IdentityChange) : null;
  } catch {
    // Not JSON: the caller treats it like any other unknown payload.
    return null;
  }
}
