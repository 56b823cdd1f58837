import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import {
  type ProvisioningStepHandler,
  ProvisioningStepMetadata,
  type ProvisioningStepOptions,
} from './provisioning-step.js';

export interface DiscoveredStep extends ProvisioningStepOptions {
  readonly handler: ProvisioningStepHandler;
}

/** Collects the steps that modules contribute, in the order in which they are applied. */
@Injectable()
export class ProvisioningStepRegistry implements OnModuleInit {
  #steps: readonly DiscoveredStep[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error if two steps share a name or an order, since their sequence would be undefined. */
  onModuleInit(): void {
    const steps = this.discovery.getProviders({ metadataKey: ProvisioningStepMetadata.KEY }).map((wrapper) => {
      const options = this.discovery.getMetadataByDecorator(ProvisioningStepMetadata, wrapper)!;
      return { ...options, handler: wrapper.instance as ProvisioningStepHandler };
    });
    steps.sort((a, b) => a.order - b.order);
    if (new Set(steps.map((step) => step.name)).size < steps.length)
      throw new Error('Two provisioning steps share a name.');
    if (new Set(steps.map((step) => step.order)).size < steps.length)
      throw new Error('Two provisioning steps share an order.');
    this.#steps = steps;
  }

  get all(): readonly DiscoveredStep[] {
    return this.#steps;
  }

  find(name: string): DiscoveredStep | undefined {
    return this.#steps.find((step) => step.name === name);
  }
}
