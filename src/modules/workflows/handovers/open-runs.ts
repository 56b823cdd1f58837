import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';
import { type RunHolder, RunHolderMetadata, type RightsHolder } from './run-holder.js';

/** Gives access to open runs of workflows, which modules further right store: see `RunHolder`. */
@Injectable()
export class OpenRuns {
  constructor(private readonly discovery: DiscoveryService) {}

  async hasOpen(workflowId: string): Promise<boolean> {
    for (const holder of this.#holders()) if (await holder.hasOpen(workflowId)) return true;
    return false;
  }

  async cancel(actor: Actor, ownerId: string, workflowIds?: readonly string[]): Promise<void> {
    for (const holder of this.#holders()) await holder.cancel(actor, ownerId, workflowIds);
  }

  async handOver(from: RightsHolder, to: { id: string }): Promise<void> {
    for (const holder of this.#holders()) await holder.handOver(from, to);
  }

  async limit(workflowIds: readonly string[], owner: RightsHolder): Promise<void> {
    for (const holder of this.#holders()) await holder.limit(workflowIds, owner);
  }

  #holders(): RunHolder[] {
    const wrappers = this.discovery.getProviders({ metadataKey: RunHolderMetadata.KEY });
    return wrappers.map(({ instance }) => instance as RunHolder);
  }
}
