import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { backOffMs } from '../concurrency/back-off.js';
import { Config } from '../config/config.js';
import { DATABASE_TIME_MS, databaseClock } from '../time/database-clock.js';

export interface ChannelSubscriber {
  /** Receives a notification. Any database role can send on the channel, so validate the payload. Must not throw. */
  onMessage(payload: string): void;
  /** Called when notifications may have been lost: the connection was lost, or has just been established. */
  onGap(): void;
}

const CONNECT_TIMEOUT_MS = 5000;
const HEARTBEAT_INTERVAL_MS = 400;
/** A later answer counts as silence, so a connection that drops packets is noticed within 2 s. */
const SILENCE_MS = 1200;
/** A slow server gets more time: a new connection would cost it more than the answer. */
const GIVE_UP_MS = 5000;
const PAUSES = { firstMs: 100, maxMs: 5000, spread: true };

interface Beat {
  now: number;
  standby: boolean;
}

const BEAT = `SELECT ${DATABASE_TIME_MS} AS now, pg_is_in_recovery() AS standby`;

/**
 * The only LISTEN connection of the process, for all channels. While it is down, `isHeard` is false; it reconnects with
 * back-off and reports a gap to every subscriber.
 */
@Injectable()
export class DatabaseListener implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseListener.name);
  private readonly channels = new Map<string, ChannelSubscriber[]>();
  private client?: pg.Client;
  private timer?: NodeJS.Timeout;
  private failures = 0;
  private heard = false;
  private stopped = false;

  constructor(private readonly config: Config) {}

  /** True while notifications arrive. */
  get isHeard(): boolean {
    return this.heard;
  }

  /** Call in a constructor: `onModuleInit` starts listening to the channels. */
  subscribe(channel: string, subscriber: ChannelSubscriber): void {
    this.channels.set(channel, [...(this.channels.get(channel) ?? []), subscriber]);
  }

  /** Does not wait for the database: without notifications everything still works, only slower. */
  onModuleInit(): void {
    void this.connect();
  }

  /** Runs late in the shutdown, because requests in flight still rely on the caches. */
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
      query_timeout: GIVE_UP_MS,
      application_name: 'tenantry-listen',
      keepAlive: true,
    });
    this.client = client;
    client.on('notification', ({ channel, payload = '' }) => {
      for (const subscriber of this.channels.get(channel) ?? []) subscriber.onMessage(payload);
    });
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client));
    try {
      await client.connect();
      for (const channel of this.channels.keys()) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      this.lose(client, error);
      return;
    }
    if (this.client !== client || this.stopped) return;
    this.failures = 0;
    this.tellGap();
    this.heard = true;
    this.later(HEARTBEAT_INTERVAL_MS, () => this.beat(client));
  }

  private async beat(client: pg.Client): Promise<void> {
    const waiting = setTimeout(() => {
      // `setImmediate` lets data be read that arrived while the event loop was busy.
      setImmediate(() => isWaiting && this.fallSilent(client));
    }, SILENCE_MS).unref();
    let isWaiting = true;
    try {
      await databaseClock.set(() => this.ask(client));
    } catch (error) {
      this.lose(client, error);
      return;
    } finally {
      isWaiting = false;
      clearTimeout(waiting);
    }
    if (this.client !== client || this.stopped) return;
    // Notifications arrive in order with answers, so none was missed.
    this.heard = true;
    this.later(HEARTBEAT_INTERVAL_MS, () => this.beat(client));
  }

  /** Returns the server's time. A server that has become a standby sends no notifications. */
  private async ask(client: pg.Client): Promise<number> {
    const { rows } = await client.query<Beat>(BEAT);
    const { now, standby } = rows[0]!;
    if (standby) throw new Error('The server is a standby, which sends no notifications.');
    return now;
  }

  /** Notifications may now arrive late or never. */
  private fallSilent(client: pg.Client): void {
    if (this.client !== client || this.stopped) return;
    this.heard = false;
    this.tellGap();
    this.logger.warn('The notification connection does not respond; identity caches are off.');
  }

  private lose(client: pg.Client, error?: unknown): void {
    if (this.client !== client || this.stopped) return;
    this.client = undefined;
    this.heard = false;
    this.tellGap();
    this.failures += 1;
    const pauseMs = backOffMs(PAUSES, this.failures);
    this.logger.warn({ err: error, pauseMs }, 'The notification connection is down; identity caches are off.');
    client.end().catch(() => undefined);
    this.later(pauseMs, () => this.connect());
  }

  private later(ms: number, step: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void step(), ms).unref();
  }

  private tellGap(): void {
    for (const subscriber of [...this.channels.values()].flat()) subscriber.onGap();
  }
}
