import type {
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import type { TenantScope } from '../../tenancy/tenant-context.js';
import type { Connections } from './connections.js';
import type { QueryRunner, TenantSource } from './query-runner.js';
import { statementName } from './statement-cache.js';
import { TenantTransaction } from './tenant-transaction.js';

const ADAPTER = { provider: 'postgres', adapterName: '@prisma/adapter-pg' } as const;

/** Runs Prisma's queries inside the tenant of the calling context, with one round trip per query. */
export class TenantAdapterFactory implements SqlDriverAdapterFactory {
  readonly provider = ADAPTER.provider;
  readonly adapterName = ADAPTER.adapterName;

  constructor(
    private readonly connections: Connections,
    private readonly tenantOf: TenantSource,
  ) {}

  async connect(): Promise<SqlDriverAdapter> {
    const named = this.connections.options.namedStatements;
    const inner = await new PrismaPg(this.connections.pool, {
      disposeExternalPool: true,
      statementNameGenerator: named ? ({ sql }) => statementName(sql) : undefined,
    }).connect();
    return new TenantAdapter(inner, this.connections, this.tenantOf);
  }
}

class TenantAdapter implements SqlDriverAdapter {
  readonly provider = ADAPTER.provider;
  readonly adapterName = ADAPTER.adapterName;
  readonly #runner: QueryRunner;

  constructor(
    private readonly inner: SqlDriverAdapter,
    private readonly connections: Connections,
    private readonly tenantOf: TenantSource,
  ) {
    this.#runner = (run) => Object.assign(Object.create(inner) as SqlQueryable, { client: { query: run } });
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#inTenant(this.tenantOf()).queryRaw(query);
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    return this.#inTenant(this.tenantOf()).executeRaw(query);
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    return TenantTransaction.begin(this.connections, this.#runner, this.tenantOf, isolationLevel);
  }

  executeScript(): Promise<void> {
    return Promise.reject(new Error('The tenant client does not run scripts: use a migration.'));
  }

  getConnectionInfo(): { schemaName?: string; supportsRelationJoins: boolean } {
    return this.inner.getConnectionInfo?.() ?? { supportsRelationJoins: true };
  }

  dispose(): Promise<void> {
    return this.inner.dispose();
  }

  #inTenant(scope: TenantScope | undefined): SqlQueryable {
    return this.#runner((config) => this.connections.query(config, scope));
  }
}
