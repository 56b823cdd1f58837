import pg from 'pg';
import type { QueryObserver } from '../query-observer.js';
import type { TenantScope } from '../../tenancy/tenant-context.js';
import { prepareEnterTenant } from './enter-tenant.js';
import { endsConnection, meaningOf } from '../database-faults.js';
import { asDatabaseError } from './lost-connection.js';
import { activeQueryOf, StallWatch } from './stall-watch.js';
import { Statement } from './statement.js';
import { Submission } from './submission.js';
import { PoolExhaustedError, TenantGate } from './tenant-gate.js';
import type { WireQueryConfig, WireResult } from './wire-connection.js';

export interface ConnectionsOptions {
  url: string;
  /** Used in logs and metrics, and as `application_name`. */
  role: 'app' | 'platform';
  max: number;
  min: number;
  maxPerTenant: number;
  /** Maximum wait for a connection, in milliseconds. */
  poolTimeoutMs: number;
  /** After this many milliseconds without an answer the connection is abandoned. */
  queryTimeoutMs: number;
  namedStatements: boolean;
}

/** SQLSTATE of a write on a server that is read-only. */
const READ_ONLY = '25006';
/** Minimum interval between replacements of all connections while a server stays read-only, in milliseconds. */
const MIN_REPLACEMENT_INTERVAL_MS = 1000;

/** Reads per batch. Only two, because they also wait for each other on the server. */
const MAX_BATCH = 2;

/** Reads that wait for the same connection and are sent together. */
interface ReadBatch {
  readonly scope: TenantScope;
  readonly statements: Statement[];
  /** Resolves when all have finished, failed or not. Rejects if there was no connection for them. */
  readonly done: Promise<void>;
}

/** The connection pool of one database role: lends connections, enters tenants and times queries. */
export class Connections {
  readonly pool: pg.Pool;
  readonly #gate: TenantGate;
  /** Times are those of `performance.now()`. */
  readonly #acquiredAt = new WeakMap<pg.PoolClient, number>();
  readonly #bornAt = new WeakMap<pg.PoolClient, number>();
  /** Connections that must not be reused. */
  readonly #givenUp = new WeakSet<pg.PoolClient>();
  /** Connections created before this time are replaced instead of reused. */
  #replacedBefore = -Infinity;
  /** The batch that still waits for its connection; reads of the same scope may join it. */
  #openBatch: ReadBatch | undefined;

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
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it; its types do not say so
      onConnect: options.namedStatements ? (client) => prepareEnterTenant(client, options.queryTimeoutMs) : undefined,
    });
    // Without a listener, a connection that fails while in use would crash the process. Its query rejects anyway.
    this.pool.on('connect', (client) => {
      this.#bornAt.set(client, performance.now());
      client.on('error', ignoreBecauseTheQueryRejects);
    });
    this.pool.on('error', ignoreBecauseTheQueryRejects);
    new StallWatch(this.pool, options.queryTimeoutMs);
  }

  /**
   * Runs a query in its own transaction, inside the tenant if there is a scope. Reads of one scope that wait for a
   * connection at the same time, such as a page and its total, are sent together.
   */
  async query(config: WireQueryConfig, scope: TenantScope | undefined): Promise<WireResult> {
    const statement = new Statement(config);
    await (this.#join(statement, scope) ?? this.#startBatch(statement, scope));
    if (statement.error) throw statement.error;
    return statement.result;
  }

  /** Runs a query on a connection that is already inside a transaction. */
  async queryOn(client: pg.PoolClient, config: WireQueryConfig): Promise<WireResult> {
    const statement = new Statement(config);
    const error = await this.#submit(client, [statement], undefined);
    if (!error) return statement.result;
    throw error;
  }

  /** Runs a command without parameters on a connection from `acquire`. */
  async control(client: pg.PoolClient, sql: string): Promise<pg.QueryResult> {
    try {
      return await client.query(sql);
    } catch (error) {
      const known = asDatabaseError(error as Error);
      this.#judge(client, known);
      throw known;
    }
  }

  /**
   * Asks the server whether it accepts writes. If not, replaces all connections, since new ones may reach another
   * server.
   */
  async takesWrites(): Promise<boolean> {
    const client = await this.#connect();
    try {
      const { rows } = await this.control(client, `SELECT current_setting('transaction_read_only') AS setting`);
      const takesWrites = (rows as { setting: string }[])[0]?.setting === 'off';
      if (!takesWrites) this.#replaceOlder();
      return takesWrites;
    } finally {
      this.#giveBack(client);
    }
  }

  /**
   * Acquires a connection for a tenant.
   * @param madeSince by the clock of `performance.now()`; older connections are replaced.
   * @throws PoolExhaustedError when none is free in time.
   */
  async acquire(tenantId: string | undefined, madeSince?: number): Promise<pg.PoolClient> {
    const admission = tenantId === undefined ? undefined : this.#gate.enter(tenantId);
    if (admission) await admission;
    try {
      const client = await this.#connect(madeSince);
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

  /** Returns a connection to the pool, or destroys it if it cannot be reused. */
  release(client: pg.PoolClient, tenantId: string | undefined): void {
    this.#giveBack(client);
    if (tenantId !== undefined) this.#gate.leave(tenantId, performance.now() - this.#acquiredAt.get(client)!);
  }

  /** A connection that is not idle has an unfinished transaction or an abandoned query. */
  #giveBack(client: pg.PoolClient): void {
    const idle = (client as unknown as { getTransactionStatus(): string | null }).getTransactionStatus() === 'I';
    const usable = idle && activeQueryOf(client) === undefined && !this.#givenUp.has(client);
    client.release(usable ? undefined : new Error('The connection cannot be reused.'));
  }

  /** Returns a connection that does not need to be replaced. */
  async #connect(madeSince = -Infinity): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.pool.connect();
      if (this.#bornAt.get(client)! >= Math.max(madeSince, this.#replacedBefore)) return client;
      client.release(new Error('The connection is replaced.'));
    }
  }

  /** Decides from an error whether this connection and older ones remain usable. */
  #judge(client: pg.PoolClient, error: Error): void {
    if (!(error instanceof pg.DatabaseError)) return;
    const { code, message } = error;
    if (!endsConnection(code, message)) return;
    this.#givenUp.add(client);
    if (code === READ_ONLY || meaningOf(code) === 'statement lost') this.#replaceOlder();
  }

  #replaceOlder(): void {
    const now = performance.now();
    if (now - this.#replacedBefore >= MIN_REPLACEMENT_INTERVAL_MS) this.#replacedBefore = now;
  }

  /** Adds the read to a batch of the same scope that still waits for its connection. */
  #join(statement: Statement, scope: TenantScope | undefined): Promise<void> | undefined {
    const batch = this.#openBatch;
    if (!batch || batch.scope !== scope || !statement.isRead) return undefined;
    // The same text twice would be prepared twice under one name.
    if (batch.statements.some(({ text }) => text === statement.text)) return undefined;
    batch.statements.push(statement);
    if (batch.statements.length === MAX_BATCH) this.#openBatch = undefined;
    return batch.done;
  }

  #startBatch(statement: Statement, scope: TenantScope | undefined): Promise<void> {
    const statements = [statement];
    const done = this.#flush(statements, scope?.tenantId);
    if (scope && statement.isRead) this.#openBatch = { scope, statements, done };
    return done;
  }

  async #flush(statements: readonly Statement[], tenantId: string | undefined): Promise<void> {
    let client: pg.PoolClient;
    try {
      client = await this.acquire(tenantId);
    } finally {
      if (this.#openBatch?.statements === statements) this.#openBatch = undefined;
    }
    let allDone = false;
    try {
      allDone = await this.#run(client, statements, tenantId);
    } finally {
      this.release(client, tenantId);
    }
    if (!allDone) await this.#runAnew(statements.filter(lostItsPreparation), tenantId);
  }

  /**
   * Never rejects: failures are stored in the statements. Nothing is committed until the Sync is answered, so an error
   * rolls back all of them, including those that the server had completed. Resolves with whether all succeeded.
   */
  async #run(client: pg.PoolClient, statements: readonly Statement[], tenantId: string | undefined): Promise<boolean> {
    const error = await this.#submit(client, statements, tenantId);
    if (!error) return true;
    for (const statement of statements) statement.begin();
    const eachForItself = statements.length > 1 && error instanceof pg.DatabaseError && error.severity === 'ERROR';
    if (!eachForItself || endsConnection(error.code, error.message)) {
      for (const statement of statements) statement.error = error;
      return false;
    }
    let allDone = true;
    for (const statement of statements) allDone = (await this.#run(client, [statement], tenantId)) && allDone;
    return allDone;
  }

  /**
   * Retries statements that were not executed because the server skipped everything up to the Sync. Once only, on a
   * newer connection.
   */
  async #runAnew(statements: readonly Statement[], tenantId: string | undefined): Promise<void> {
    if (statements.length === 0) return;
    let client: pg.PoolClient;
    try {
      client = await this.acquire(tenantId, performance.now());
    } catch (error) {
      for (const statement of statements) statement.error = error as Error;
      return;
    }
    try {
      for (const statement of statements) {
        statement.begin();
        await this.#run(client, [statement], tenantId);
      }
    } finally {
      this.release(client, tenantId);
    }
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
    const errorType = error ? typeOfError(error) : undefined;
    for (const { text } of statements) {
      this.observer.emit({ sql: text, durationMs, role: this.options.role, errorType });
    }
    if (error) this.#judge(client, error);
    return error;
  }
}

function typeOfError(error: Error): string {
  return (error instanceof pg.DatabaseError && error.code) || error.name;
}

function lostItsPreparation({ error }: Statement): boolean {
  return error instanceof pg.DatabaseError && meaningOf(error.code) === 'statement lost';
}

function ignoreBecauseTheQueryRejects(): void {}
