import pg from 'pg';
import type { QueryObserver } from '../query-observer.js';
import { forgetStatements } from './statement-cache.js';
import { PoolExhaustedError, TenantGate } from './tenant-gate.js';
import { CountedQuery, prepareEnterTenant, TenantQuery } from './tenant-query.js';
import { submit, type WireConnection, type WireQueryConfig } from './wire-connection.js';

export interface ConnectionsOptions {
  url: string;
  /** For logs and metrics, and as `application_name`. */
  role: 'app' | 'platform';
  max: number;
  min: number;
  maxPerTenant: number;
  /** How long to wait for a connection, in milliseconds. */
  poolTimeoutMs: number;
  /** After this many milliseconds without an answer the connection is given up. */
  queryTimeoutMs: number;
  namedStatements: boolean;
}

/** SQLSTATE for a prepared statement that the server does not know, e.g. after a pooler's DISCARD ALL. */
const UNKNOWN_STATEMENT = '26000';

function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** The pool of one database role: checks connections out and in, enters tenants, times queries. */
export class Connections {
  readonly pool: pg.Pool;
  readonly #gate: TenantGate;

  constructor(
    readonly options: ConnectionsOptions,
    private readonly observer: QueryObserver,
  ) {
    this.#gate = new TenantGate(options.maxPerTenant, options.poolTimeoutMs);
    this.pool = new pg.Pool({
      connectionString: options.url,
      application_name: `tenantry-${options.role}`,
      max: options.max,
      min: Math.min(options.min, options.max),
      connectionTimeoutMillis: options.poolTimeoutMs,
      query_timeout: options.queryTimeoutMs,
      maxLifetimeSeconds: 1800,
      keepAlive: true,
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool awaits it; its types do not say so
      onConnect: options.namedStatements ? prepareEnterTenant : undefined,
    });
    // Without a listener a connection that dies while it is checked out would end the process. Its query rejects anyway.
    this.pool.on('connect', (client) => client.on('error', ignoreBecauseTheQueryRejects));
    this.pool.on('error', ignoreBecauseTheQueryRejects);
  }

  /** One query in a transaction of its own, inside the tenant if there is one. */
  async query(config: WireQueryConfig, tenantId: string | undefined): Promise<pg.QueryArrayResult> {
    const client = await this.acquire(tenantId);
    try {
      return await this.#queryOnce(client, config, tenantId);
    } catch (error) {
      if (sqlState(error) !== UNKNOWN_STATEMENT) throw error;
      // Nothing was executed: the server skipped all of it up to the Sync. Prepare anew, once.
      forgetStatements((client as unknown as { connection: WireConnection }).connection);
      if (this.options.namedStatements) await prepareEnterTenant(client);
      return await this.#queryOnce(client, config, tenantId);
    } finally {
      this.release(client, tenantId);
    }
  }

  /** One query on a connection that is inside a transaction already. */
  async queryOn(client: pg.PoolClient, config: WireQueryConfig): Promise<pg.QueryArrayResult> {
    const start = performance.now();
    try {
      return await submit(client, new CountedQuery(config));
    } catch (error) {
      if (sqlState(error) === UNKNOWN_STATEMENT)
        forgetStatements((client as unknown as { connection: WireConnection }).connection);
      throw error;
    } finally {
      this.observer.emit({ sql: config.text, durationMs: performance.now() - start, role: this.options.role });
    }
  }

  /** A connection for this tenant. @throws PoolExhaustedError when none is free in time. */
  async acquire(tenantId: string | undefined): Promise<pg.PoolClient> {
    const admission = tenantId === undefined ? undefined : this.#gate.enter(tenantId);
    if (admission) await admission;
    try {
      return await this.pool.connect();
    } catch (error) {
      if (tenantId !== undefined) this.#gate.leave(tenantId);
      if (error instanceof Error && error.message === 'timeout exceeded when trying to connect') {
        throw new PoolExhaustedError('No database connection became free in time.');
      }
      throw error;
    }
  }

  /** Gives a connection back; one that is not idle (a dirty transaction, a query that was given up) is destroyed instead. */
  release(client: pg.PoolClient, tenantId: string | undefined): void {
    const idle = (client as unknown as { getTransactionStatus(): string | null }).getTransactionStatus() === 'I';
    const busy = (client as unknown as { _getActiveQuery(): unknown })._getActiveQuery() != null;
    client.release(idle && !busy ? undefined : new Error('The connection was not idle when it was released.'));
    if (tenantId !== undefined) this.#gate.leave(tenantId);
  }

  async #queryOnce(
    client: pg.PoolClient,
    config: WireQueryConfig,
    tenantId: string | undefined,
  ): Promise<pg.QueryArrayResult> {
    const start = performance.now();
    try {
      const query =
        tenantId === undefined
          ? new CountedQuery(config)
          : new TenantQuery(config, tenantId, this.options.namedStatements);
      return await submit(client, query);
    } finally {
      this.observer.emit({ sql: config.text, durationMs: performance.now() - start, role: this.options.role });
    }
  }
}

function ignoreBecauseTheQueryRejects(): void {}
