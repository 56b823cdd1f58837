import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DirectWrites } from './direct-writes.js';
import { EntityCatalog } from './entity-catalog.js';
import { EntityGateway } from './entity-gateway.js';
import { EntityRows } from './entity-rows.repository.js';
import { EntityRuleBook } from './entity-rule-book.js';
import { EntityWriterRegistry } from './entity-writer-registry.js';
import { CheckedWrites } from './checked-writes.js';

/** Generic access to the entities of all modules by name. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    EntityCatalog,
    EntityRuleBook,
    EntityRows,
    EntityWriterRegistry,
    DirectWrites,
    CheckedWrites,
    EntityGateway,
  ],
  exports: [EntityCatalog, EntityGateway],
})
export class EntityGatewayModule {}
