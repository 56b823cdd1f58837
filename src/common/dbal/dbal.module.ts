import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { IdempotencyModule } from '../http/idempotency/idempotency.module.js';
import '../gateway/common.entities.js';
import { DirectWrites } from '../gateway/direct-writes.js';
import { EntityCatalog } from '../gateway/entity-catalog.js';
import { EntityGateway } from '../gateway/entity-gateway.js';
import { EntityRows } from '../gateway/entity-rows.repository.js';
import { EntityRuleBook } from '../gateway/entity-rule-book.js';
import { EntityWriters } from '../gateway/entity-writers.js';
import { EntityWrites } from '../gateway/entity-writes.js';
import { DbalOperations } from '../operations/dbal-operations.js';
import { OperationRegistry } from '../operations/operation-registry.js';
import { RowChangesReader } from '../operations/row-changes.js';

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
