import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { IdempotencyModule } from '../http/idempotency/idempotency.module.js';
import { DbalOperations } from './dbal-operations.js';
import { OperationRegistry } from './operation-registry.js';
import { RowChangesReader } from './row-changes.js';

/** Named operations across entities, contributed by modules. */
@Global()
@Module({
  imports: [DiscoveryModule, IdempotencyModule],
  providers: [OperationRegistry, RowChangesReader, DbalOperations],
  exports: [DbalOperations],
})
export class OperationsModule {}
