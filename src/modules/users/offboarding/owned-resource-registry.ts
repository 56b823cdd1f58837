import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';
import { type HandsOverResources, type OpenRunFate, OwnedResourceMetadata } from './owned-resource.js';

/** Everything that users own, whichever module it belongs to. */
@Injectable()
export class OwnedResourceRegistry {
  constructor(private readonly discovery: DiscoveryService) {}

  /** Gives all of it to another user; how many things of each kind. */
  async handOver(
    actor: Actor,
    fromUserId: string,
    toUserId: string,
    openRuns: OpenRunFate,
  ): Promise<{ resource: string; count: number }[]> {
    const handedOver: { resource: string; count: number }[] = [];
    for (const wrapper of this.discovery.getProviders({ metadataKey: OwnedResourceMetadata.KEY })) {
      const metadata = this.discovery.getMetadataByDecorator(OwnedResourceMetadata, wrapper);
      if (!metadata) continue;
      const count = await (wrapper.instance as HandsOverResources).handOver(actor, fromUserId, toUserId, openRuns);
      handedOver.push({ resource: metadata.name, count });
    }
    return handedOver;
  }
}
