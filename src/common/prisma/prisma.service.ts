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

/** The running transaction of tenant data. `TenantContext` knows its key: another tenant never inherits it. */
export const tenantTransactions = new TransactionSlot('tenant transaction', TRANSACTION_SLOT);

function requiredTenant(): TenantScope {
  const scope = currentTenantScope();
  if (!scope) throw new TenantContextMissingError();
  return scope;
}

/**
 * Prisma for tenant data, as tenantry_app. Every query runs inside the tenant of the calling context and joins the running
 * `DbalService` transaction.
 * @throws TenantContextMissingError on any query outside `TenantContext.run`.
 */
@Injectable()
export class PrismaService extends PrismaClient implements OnModuleInit, OnModuleDestroy {
  /** The pool underneath, for its figures. Not for queries on tenant data: it knows no tenant. */
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

  /** Whether the database answers within `timeoutMs`, and takes writes. Never throws. */
  ping(timeoutMs: number): Promise<DatabaseState> {
    return ping(this.connections, timeoutMs);
  }

  /** Connects now, so that no request's context is around when sockets are made. */
  async onModuleInit(): Promise<void> {
    await this.$connect();
    // Whether the program starts without a database is decided elsewhere.
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
