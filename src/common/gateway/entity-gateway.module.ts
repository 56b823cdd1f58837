import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DirectWrites } from './direct-writes.js';
import { EntityCatalog } from './entity-catalog.js';
import { EntityGateway } from './entity-gateway.js';
import { EntityRows } from './entity-rows.repository.js';
import { EntityRuleBook } from './entity-rule-book.js';
import { EntityWriters } from './entity-writers.js';
import { EntityWrites } from './entity-writes.js';

/** Entities of all modules, by name. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [EntityCatalog, EntityRuleBook, EntityRows, EntityWriters, DirectWrites, EntityWrites, EntityGateway],
  exports: [EntityCatalog, EntityGateway],
})
export class EntityGatewayModule {}
