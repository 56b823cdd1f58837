import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { PrismaClient } from '../../generated/prisma/client.js';
import { Config } from '../config/config.js';
import {
  currentTenantScope,
  TenantContextMissingError,
  type TenantScope,
  TRANSACTION_SLOT,
} from '../tenancy/tenant-context.js';
import { Connections } from './adapter/connections.js';
import { guardDataLoader } from './adapter/dataloader-guard.js';
import { sendJsonAsText } from './adapter/json-arguments.js';
import { lightenPromises } from './adapter/lazy-promises.js';
import { loadCompilerLean } from './adapter/query-compiler.js';
import { TenantAdapterFactory } from './adapter/tenant-adapter.js';
import { DATABASE_TIME_MS, databaseClock } from '../time/database-clock.js';
import { appConnectionsOptions } from './connections-options.js';
import { errorFormat } from './error-format.js';
import { joinTransaction } from './join-transaction.js';
import { type DatabaseState, ping } from './ping.js';
import { QueryObserver } from './query-observer.js';
import { TransactionSlot } from './transaction-slot.js';

/**
 * The running transaction of tenant data. `TenantContext` uses the same key to ensure that another tenant never
 * inherits it.
 */
export const tenantTransactions = new TransactionSlot('tenant transaction', TRANSACTION_SLOT);

function requiredTenant(): TenantScope {
  const scope = currentTenantScope();
  if (!scope) throw new TenantContextMissingError();
  return scope;
}

/**
 * Prisma client for tenant data, as tenantry_app. Every query runs inside the tenant of the calling context and joins
 * the running `DbalService` transaction.
 * @throws TenantContextMissingError on any query outside `TenantContext.run`.
 */
@Injectable()
export class PrismaService extends PrismaClient implements OnModuleInit, OnModuleDestroy {
  /** The underlying pool, for its metrics. Do not query tenant data through it: it enters no tenant. */
  readonly pool: Pool;
  private readonly connections: Connections;

  constructor(config: Config, observer: QueryObserver) {
    const connections = new Connections(appConnectionsOptions(config), observer);
    super({ adapter: new TenantAdapterFactory(connections, requiredTenant), errorFormat: errorFormat(config) });
    this.connections = connections;
    this.pool = connections.pool;
    guardDataLoader(this, true);
    lightenPromises(this);
    sendJsonAsText(this);
    loadCompilerLean(this);
    return joinTransaction(this, tenantTransactions);
  }

  /** Asks whether the database answers within `timeoutMs` and accepts writes. Never throws. */
  ping(timeoutMs: number): Promise<DatabaseState> {
    return ping(this.connections, timeoutMs);
  }

  /** Connects eagerly, so that sockets are not created in the context of a request. */
  async onModuleInit(): Promise<void> {
    await this.$connect();
    // Other checks decide whether the application starts without a database.
    await databaseClock.set(() => this.askTime()).catch(() => undefined);
  }

  async onModuleDestroy(): Promise<void> {
    await this.$disconnect();
  }

  private async askTime(): Promise<number> {
    const { rows } = await this.pool.query<{ now: number }>(`SELECT ${DATABASE_TIME_MS} AS now`);
    return rows[0]!.now;
  }
}
