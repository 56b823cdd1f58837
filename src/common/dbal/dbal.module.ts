import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { IdempotencyModule } from '../http/idempotency/idempotency.module.js';
import { DbalOperations } from './operations/dbal-operations.js';
import { OperationRegistry } from './operations/operation-registry.js';
import { RowChangesReader } from './operations/row-changes.js';

/** What works on entities of all modules. `DbalService` itself comes with `PrismaModule`. */
@Global()
@Module({
  imports: [DiscoveryModule, IdempotencyModule],
  providers: [OperationRegistry, RowChangesReader, DbalOperations],
  exports: [DbalOperations],
})
export class DbalModule {}
