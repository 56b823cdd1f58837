import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { PrismaClient } from '../../generated/prisma/client.js';
import { Config } from '../config/config.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';
import { Connections } from './adapter/connections.js';
import { guardDataLoader } from './adapter/dataloader-guard.js';
import { sendJsonAsText } from './adapter/json-arguments.js';
import { lightenPromises } from './adapter/lazy-promises.js';
import { loadCompilerLean } from './adapter/query-compiler.js';
import { TenantAdapterFactory } from './adapter/tenant-adapter.js';
import { platformConnectionsOptions } from './connections-options.js';
import { errorFormat } from './error-format.js';
import { joinTransaction } from './join-transaction.js';
import { QueryObserver } from './query-observer.js';
import { TransactionSlot } from './transaction-slot.js';

export const platformTransactions = new TransactionSlot('platform transaction');

/**
 * Prisma client for the registry and other global tables, as tenantry_platform. It does not bypass row-level security:
 * rows of a tenant are only visible inside `TenantContext.run`. Joins the running `PlatformDbalService` transaction.
 */
@Injectable()
export class PlatformPrismaService extends PrismaClient implements OnModuleInit, OnModuleDestroy {
  /** The underlying pool, for its metrics. */
  readonly pool: Pool;

  constructor(config: Config, observer: QueryObserver) {
    const connections = new Connections(platformConnectionsOptions(config), observer);
    super({
      adapter: new TenantAdapterFactory(connections, currentTenantScope),
      errorFormat: errorFormat(config),
    });
    this.pool = connections.pool;
    guardDataLoader(this, false);
    lightenPromises(this);
    sendJsonAsText(this);
    loadCompilerLean(this);
    return joinTransaction(this, platformTransactions);
  }

  async onModuleInit(): Promise<void> {
    await this.$connect();
  }

  async onModuleDestroy(): Promise<void> {
    await this.$disconnect();
  }
}
