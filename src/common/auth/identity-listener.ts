import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { Config } from '../config/config.js';
import { isUuid } from '../tenancy/is-uuid.js';
import { ChangeFeed } from './change-feed.js';

/** Payload of the channel `tenantry_identity`, written by triggers of the database. */
export interface IdentityChange {
  readonly kind: 'tenant' | 'user' | 'session' | 'api_key' | 'platform_session';
  readonly tenantId: string | null;
  readonly id: string;
}

export interface IdentityChangeSubscriber {
  onChange(change: IdentityChange): void;
  /** Something may have been missed: forget everything. */
  onGap(): void;
}

const CHANNEL = 'tenantry_identity';
const KINDS: readonly unknown[] = ['tenant', 'user', 'session', 'api_key', 'platform_session'];
const CONNECT_TIMEOUT_MS = 5000;
/** A connection that died silently is noticed this late; longer pauses of the event loop must not count as one. */
const HEARTBEAT_INTERVAL_MS = 1000;
const HEARTBEAT_TIMEOUT_MS = 5000;
const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5000;

/**
 * One LISTEN connection per process, through which caches learn what other processes changed.
 * While it is down `isHeard` is false and caches are off; it reconnects with back-off, and every subscriber starts empty.
 */
@Injectable()
export class IdentityListener extends ChangeFeed implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(IdentityListener.name);
  private readonly subscribers: IdentityChangeSubscriber[] = [];
  private client?: pg.Client;
  private timer?: NodeJS.Timeout;
  private failures = 0;
  private heard = false;
  private stopped = false;

  constructor(private readonly config: Config) {
    super();
  }

  get isHeard(): boolean {
    return this.heard;
  }

  subscribe(subscriber: IdentityChangeSubscriber): void {
    this.subscribers.push(subscriber);
  }

  /** Does not wait for the database: without it identity works, only slower. */
  onModuleInit(): void {
    void this.connect();
  }

  /** Late in the shutdown: requests in flight still rely on the caches. */
  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.heard = false;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.DATABASE_LISTEN_URL ?? this.config.DATABASE_URL,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: HEARTBEAT_TIMEOUT_MS,
      application_name: 'tenantry-listen',
      keepAlive: true,
    });
    this.client = client;
    client.on('notification', ({ payload }) => this.hear(payload));
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      this.lose(client, error);
      return;
    }
    if (this.client !== client || this.stopped) return;
    this.failures = 0;
    for (const subscriber of this.subscribers) subscriber.onGap();
    this.heard = true;
    this.later(HEARTBEAT_INTERVAL_MS, () => this.beat(client));
  }

  private async beat(client: pg.Client): Promise<void> {
    try {
      await client.query('SELECT 1');
    } catch (error) {
      this.lose(client, error);
      return;
    }
    if (this.client === client) this.later(HEARTBEAT_INTERVAL_MS, () => this.beat(client));
  }

  private lose(client: pg.Client, error?: unknown): void {
    if (this.client !== client || this.stopped) return;
    this.client = undefined;
    this.heard = false;
    for (const subscriber of this.subscribers) subscriber.onGap();
    const backOffMs = Math.min(FIRST_BACK_OFF_MS * 2 ** this.failures, MAX_BACK_OFF_MS) * (0.5 + Math.random() / 2);
    this.failures += 1;
    this.logger.warn({ err: error, backOffMs }, 'Changes of identity are not heard of; its caches are off.');
    client.end().catch(() => undefined);
    this.later(backOffMs, () => this.connect());
  }

  private later(ms: number, step: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void step(), ms).unref();
  }

  private hear(payload: string | undefined): void {
    const change = parseChange(payload);
    if (!change) this.logger.warn('A notification of another form was heard; caches are emptied.');
    for (const subscriber of this.subscribers) {
      if (change) subscriber.onChange(change);
      else subscriber.onGap();
    }
  }
}

/** The change, or null for anything that is none: the channel is open to every role of the database. */
export function parseChange(payload = ''): IdentityChange | null {
  try {
    const { kind, tenantId, id } = JSON.parse(payload) as Record<string, unknown>;
    const isChange = KINDS.includes(kind) && (tenantId === null || isUuid(tenantId)) && isUuid(id);
    return isChange ? ({ kind, tenantId, id } as IdentityChange) : null;
  } catch {
    // Not JSON: the caller treats it like every other unknown payload.
    return null;
  }
}
