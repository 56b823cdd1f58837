import { Injectable } from '@nestjs/common';
import { EntityGateway } from '../../src/common/gateway/entity-gateway.js';
import type { Actor } from '../../src/common/identity/actor.js';
import { Manifests } from '../../src/common/manifest/manifests.js';

/** Rows that the manifests of modules declare for the demo, created by the rules of the services that own them. */
@Injectable()
export class DemoRowSeed {
  constructor(
    private readonly manifests: Manifests,
    private readonly entities: EntityGateway,
  ) {}

  /** Call it inside the tenant, in a transaction. Leaves entities alone of which there are rows already. */
  async seed(maker: Actor): Promise<void> {
    for (const [entity, rows] of this.manifests.demo) {
      if (await this.entities.findFirst(maker, entity, {})) continue;
      await this.entities.createMany(maker, entity, rows);
    }
  }
}
