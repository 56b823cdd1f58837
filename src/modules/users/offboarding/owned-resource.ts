import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';

/** What happens to open runs: they continue for the successor, with the lower role of both users, or are cancelled. */
export const OPEN_RUN_FATES = ['hand_over', 'cancel'] as const;
export type OpenRunFate = (typeof OPEN_RUN_FATES)[number];

/**
 * Hands over a kind of resource that belongs to one user and needs an owner. Modules contribute theirs by
 * `@OwnedResource`.
 */
export interface HandsOverResources {
  /**
   * Gives all resources of one user to another, both of the current tenant, in the running transaction, and audits it.
   * The receiver has not approved of them yet, so nothing may act with more rights than before.
   * @returns the number of resources.
   */
  handOver(actor: Actor, fromUserId: string, toUserId: string, openRuns: OpenRunFate): Promise<number>;
}

/** Metadata by which offboarding discovers the providers. */
export const OwnedResourceMetadata = DiscoveryService.createDecorator<{ name: string }>();

/** Declares that a provider hands over one kind of resource when a user leaves: `@OwnedResource('workflow')`. */
export const OwnedResource = (name: string): ClassDecorator =>
  applyDecorators(Injectable(), OwnedResourceMetadata({ name }));
