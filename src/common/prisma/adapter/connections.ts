import pg from 'pg';
import type { QueryObserver } from '../query-observer.js';
import type { TenantScope } from '../../tenancy/tenant-context.js';
import { prepareEnterTenant } from './enter-tenant.js';
import { forgetStatements } from './statement-cache.js';
import { activeQueryOf, StallWatch } from './stall-watch.js';
import { Statement } from './statement.js';
import { Submission } from './submission.js';
import { PoolExhaustedError, TenantGate } from './tenant-gate.js';
import { type WireQueryConfig, type WireResult, wireOf } from './wire-connection.js';

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

/** Reads that share one way to the server. Two, because they also wait for each other there. */
const SEATS = 2;

/** Reads that wait for the same connection and go out together. */
interface Flight {
  readonly scope: TenantScope;
  readonly statements: Statement[];
  /** When all have landed, whether they failed or not. Rejects when there was no connection for them. */
  readonly landing: Promise<void>;
}

/** The pool of one database role: checks connections out and in, enters tenants, times queries. */
export class Connections {
  readonly pool: pg.Pool;
  readonly #gate: TenantGate;
  /** By the clock of `performance.now()`. */
  readonly #acquiredAt = new WeakMap<pg.PoolClient, number>();
  #boarding: Flight | undefined;

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
      maxLifetimeSeconds: 1800,
      keepAlive: true,
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool awaits it; its types do not say so
      onConnect: options.namedStatements ? (client) => prepareEnterTenant(client, options.queryTimeoutMs) : undefined,
    });
    // Without a listener a connection that dies while it is checked out would end the process. Its query rejects anyway.
    this.pool.on('connect', (client) => client.on('error', ignoreBecauseTheQueryRejects));
    this.pool.on('error', ignoreBecauseTheQueryRejects);
    new StallWatch(this.pool, options.queryTimeoutMs);
  }

  /**
   * One query in a transaction of its own, inside the tenant if there is a scope. Reads of one scope that wait for a connection at
   * the same moment, such as a page and its total, go out together.
   */
  async query(config: WireQueryConfig, scope: TenantScope | undefined): Promise<WireResult> {
    const statement = new Statement(config);
    await (this.#board(statement, scope) ?? this.#depart(statement, scope));
    if (statement.error) throw statement.error;
    return statement.result;
  }

  /** One query on a connection that is inside a transaction already. */
  async queryOn(client: pg.PoolClient, config: WireQueryConfig): Promise<WireResult> {
    const statement = new Statement(config);
    const error = await this.#submit(client, [statement], undefined);
    if (!error) return statement.result;
    if (sqlState(error) === UNKNOWN_STATEMENT) forgetStatements(wireOf(client));
    throw error;
  }

  /** A connection for this tenant. @throws PoolExhaustedError when none is free in time. */
  async acquire(tenantId: string | undefined): Promise<pg.PoolClient> {
    const admission = tenantId === undefined ? undefined : this.#gate.enter(tenantId);
    if (admission) await admission;
    try {
      const client = await this.pool.connect();
      this.#acquiredAt.set(client, performance.now());
      return client;
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
    const busy = activeQueryOf(client) !== undefined;
    client.release(idle && !busy ? undefined : new Error('The connection was not idle when it was released.'));
    if (tenantId !== undefined) this.#gate.leave(tenantId, performance.now() - this.#acquiredAt.get(client)!);
  }

  /** Joins a read of the same scope that still waits for its connection. */
  #board(statement: Statement, scope: TenantScope | undefined): Promise<void> | undefined {
    const flight = this.#boarding;
    if (!flight || flight.scope !== scope || !statement.isRead) return undefined;
    // One text twice would be prepared twice under one name.
    if (flight.statements.some(({ text }) => text === statement.text)) return undefined;
    flight.statements.push(statement);
    if (flight.statements.length === SEATS) this.#boarding = undefined;
    return flight.landing;
  }

  #depart(statement: Statement, scope: TenantScope | undefined): Promise<void> {
    const statements = [statement];
    const landing = this.#fly(statements, scope?.tenantId);
    if (scope && statement.isRead) this.#boarding = { scope, statements, landing };
    return landing;
  }

  async #fly(statements: readonly Statement[], tenantId: string | undefined): Promise<void> {
    let client: pg.PoolClient;
    try {
      client = await this.acquire(tenantId);
    } finally {
      if (this.#boarding?.statements === statements) this.#boarding = undefined;
    }
    try {
      await this.#run(client, statements, tenantId);
    } finally {
      this.release(client, tenantId);
    }
  }

  /**
   * Never rejects: what failed is in the statements. Until the Sync is answered nothing is committed, so an error undoes all of
   * them, also those that the server had completed before.
   */
  async #run(client: pg.PoolClient, statements: readonly Statement[], tenantId: string | undefined): Promise<void> {
    let error = await this.#submit(client, statements, tenantId);
    if (!error) return;
    for (const statement of statements) statement.begin();
    if (statements.length > 1 && error instanceof pg.DatabaseError && error.severity === 'ERROR') {
      for (const statement of statements) await this.#run(client, [statement], tenantId);
      return;
    }
    if (sqlState(error) === UNKNOWN_STATEMENT) error = await this.#runAnew(client, statements, tenantId);
    for (const statement of statements) statement.error = error ?? undefined;
  }

  /** Nothing was executed: the server skipped all of it up to the Sync. Prepares anew, once. */
  async #runAnew(
    client: pg.PoolClient,
    statements: readonly Statement[],
    tenantId: string | undefined,
  ): Promise<Error | null> {
    forgetStatements(wireOf(client));
    if (this.options.namedStatements) await prepareEnterTenant(client, this.options.queryTimeoutMs);
    return this.#submit(client, statements, tenantId);
  }

  async #submit(
    client: pg.PoolClient,
    statements: readonly Statement[],
    tenantId: string | undefined,
  ): Promise<Error | null> {
    const start = performance.now();
    const error = await new Promise<Error | null>((resolve) =>
      client.query(new Submission(statements, tenantId, this.options.namedStatements, resolve)),
    );
    const durationMs = performance.now() - start;
    for (const { text } of statements) this.observer.emit({ sql: text, durationMs, role: this.options.role });
    return error;
  }
}

function ignoreBecauseTheQueryRejects(): void {}
