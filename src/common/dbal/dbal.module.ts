import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { IdempotencyModule } from '../http/idempotency/idempotency.module.js';
import './entities/common.entities.js';
import { DirectWrites } from './entities/direct-writes.js';
import { EntityCatalog } from './entities/entity-catalog.js';
import { EntityGateway } from './entities/entity-gateway.js';
import { EntityRows } from './entities/entity-rows.repository.js';
import { EntityRuleBook } from './entities/entity-rule-book.js';
import { EntityWriters } from './entities/entity-writers.js';
import { EntityWrites } from './entities/entity-writes.js';
import { DbalOperations } from './operations/dbal-operations.js';
import { OperationRegistry } from './operations/operation-registry.js';
import { RowChangesReader } from './operations/row-changes.js';

/** What works on entities of all modules. `DbalService` itself comes with `PrismaModule`. */
@Global()
@Module({
  imports: [DiscoveryModule, IdempotencyModule],
  providers: [
    OperationRegistry,
    RowChangesReader,
    DbalOperations,
    EntityCatalog,
    EntityRuleBook,
    EntityRows,
    EntityWriters,
    DirectWrites,
    EntityWrites,
    EntityGateway,
  ],
  exports: [DbalOperations, EntityCatalog, EntityGateway],
})
export class DbalModule {}
