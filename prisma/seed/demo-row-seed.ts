import { Injectable } from '@nestjs/common';
import { EntityGateway } from '../../src/common/gateway/entity-gateway.js';
import type { Actor } from '../../src/common/identity/actor.js';
import { Manifests } from '../../src/common/manifest/manifests.js';

/** Creates the rows that manifests declare for the demo, through the services that own them. */
@Injectable()
export class DemoRowSeed {
  constructor(
    private readonly manifests: Manifests,
    private readonly entities: EntityGateway,
  ) {}

  /** Call it inside the tenant, in a transaction. Skips entities that already have rows. */
  async seed(maker: Actor): Promise<void> {
    for (const [entity, rows] of this.manifests.demo) {
      if (await this.entities.findFirst(maker, entity, {})) continue;
      await this.entities.createMany(maker, entity, rows);
    }
  }
}
