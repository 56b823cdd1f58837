import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';
import { type HandsOverResources, type OpenRunFate, OwnedResourceMetadata } from './owned-resource.js';

/** Collects the kinds of resources that users own, across modules. */
@Injectable()
export class OwnedResourceRegistry {
  constructor(private readonly discovery: DiscoveryService) {}

  /** Hands all resources over to another user; returns the number of each kind. */
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
