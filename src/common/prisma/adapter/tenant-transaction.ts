import type { IsolationLevel, SqlQuery, SqlQueryable, SqlResultSet, Transaction } from '@prisma/driver-adapter-utils';
import pg, { type PoolClient, type QueryResult } from 'pg';
import { endsConnection } from '../database-faults.js';
import type { Connections } from './connections.js';
import { CommitUnknownError, ConnectionLostError } from './lost-connection.js';
import type { QueryRunner, TenantSource } from './query-runner.js';
import type { WireResult } from './wire-connection.js';

/**
 * PostgreSQL answered COMMIT with ROLLBACK: an earlier error was swallowed and nothing was saved. Has no `code`,
 * because Prisma would then wrap it.
 */
export class TransactionAbortedError extends Error {
  constructor() {
    super(
      'The transaction had failed before its COMMIT: nothing was saved. An error inside it was caught and ignored.',
    );
    this.name = 'TransactionAbortedError';
  }
}

/**
 * A query came from the context of another tenant than its transaction. Has no `code`, because Prisma would then wrap
 * it.
 */
export class TenantSwitchError extends Error {
  constructor() {
    super('A transaction belongs to the tenant it began in; this query came from a different context.');
    this.name = 'TenantSwitchError';
  }
}

const SAVEPOINT = /^[A-Za-z0-9_]+$/;

/** A transaction inside one tenant, which is captured when it begins. */
export class TenantTransaction implements Transaction {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  /** "Phantom" means that this class sends COMMIT and ROLLBACK itself. */
  readonly options = { usePhantomQuery: true };
  readonly #queries: SqlQueryable;
  #open = true;

  private constructor(
    private readonly connections: Connections,
    private readonly client: PoolClient,
    private readonly tenantId: string | undefined,
    private readonly tenantOf: TenantSource,
    private readonly runner: QueryRunner,
  ) {
    this.#queries = runner((config) => connections.queryOn(client, config));
  }

  /** Sends BEGIN and the statement that enters the tenant in one message, which takes one round trip. */
  static async begin(
    connections: Connections,
    runner: QueryRunner,
    tenantOf: TenantSource,
    isolationLevel?: IsolationLevel,
  ): Promise<TenantTransaction> {
    const tenantId = tenantOf()?.tenantId;
    const client = await withMappedErrors(runner, () => connections.acquire(tenantId));
    const transaction = new TenantTransaction(connections, client, tenantId, tenantOf, runner);
    // Safe to interpolate: TenantContext accepts only UUIDs.
    const enter = tenantId === undefined ? '' : `; SELECT app.enter_tenant('${tenantId}')`;
    try {
      await transaction.#control(`BEGIN${isolationLevel ? ` ISOLATION LEVEL ${isolationLevel}` : ''}${enter}`);
      return transaction;
    } catch (error) {
      transaction.#close();
      throw error;
    }
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    this.#assertSameTenant();
    return this.#queries.queryRaw(query);
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    // When Prisma gives up on starting a transaction, it rolls it back from a timer, which runs in an arbitrary
    // context.
    if (query.sql === 'ROLLBACK') return this.rollback().then(() => 0);
    this.#assertSameTenant();
    return this.#queries.executeRaw(query);
  }

  /**
   * @throws TransactionAbortedError when PostgreSQL rolled back instead; CommitUnknownError when its answer did not
   * arrive.
   */
  async commit(): Promise<void> {
    if (!this.#open) return;
    try {
      const { command } = await this.#commit();
      if (command !== 'COMMIT') throw new TransactionAbortedError();
    } finally {
      this.#close();
    }
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    try {
      await this.#control('ROLLBACK');
    } finally {
      this.#close();
    }
  }

  async createSavepoint(name: string): Promise<void> {
    await this.#savepoint('SAVEPOINT', name);
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.#savepoint('ROLLBACK TO SAVEPOINT', name);
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.#savepoint('RELEASE SAVEPOINT', name);
  }

  async #savepoint(command: string, name: string): Promise<void> {
    if (!SAVEPOINT.test(name)) throw new Error('A savepoint has an unexpected name.');
    this.#assertSameTenant();
    await this.#control(`${command} ${name}`);
  }

  #control(sql: string): Promise<QueryResult> {
    return withMappedErrors(this.runner, () => this.connections.control(this.client, sql));
  }

  #commit(): Promise<QueryResult> {
    return withMappedErrors(this.runner, () =>
      this.connections.control(this.client, 'COMMIT').catch((error: unknown) => {
        throw isCutOff(error) ? new CommitUnknownError(error) : error;
      }),
    );
  }

  #assertSameTenant(): void {
    if (this.tenantOf()?.tenantId !== this.tenantId) throw new TenantSwitchError();
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.connections.release(this.client, this.tenantId);
  }
}

/** True if the server may or may not have executed the request before the error. */
function isCutOff(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  return error instanceof pg.DatabaseError && error.severity !== 'ERROR' && endsConnection(error.code, error.message);
}

/** Runs other work so that its errors are mapped like those of a query in Prisma's adapter. */
async function withMappedErrors<T>(runner: QueryRunner, fn: () => Promise<T>): Promise<T> {
  let result: T;
  const run = async (): Promise<WireResult> => {
    result = await fn();
    return { fields: [], rows: [], rowCount: 0 };
  };
  await runner(run).executeRaw({ sql: '', args: [], argTypes: [] });
  return result!;
}
