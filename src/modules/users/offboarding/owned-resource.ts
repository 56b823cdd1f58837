import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';

/** Whether open runs continue for the successor, with the lower role of both, or are cancelled. */
export const OPEN_RUN_FATES = ['hand_over', 'cancel'] as const;
export type OpenRunFate = (typeof OPEN_RUN_FATES)[number];

/** Things that belong to one user each and must not be left behind. Modules contribute theirs by `@OwnedResource`. */
export interface HandsOverResources {
  /**
   * Gives everything of one user to another, both of the current tenant, in the running transaction, and audits it. Whoever receives
   * something has not approved of it yet: nothing may act with more rights than it had.
   * @returns how many things there were.
   */
  handOver(actor: Actor, fromUserId: string, toUserId: string, openRuns: OpenRunFate): Promise<number>;
}

/** How offboarding finds them. */
export const OwnedResourceMetadata = DiscoveryService.createDecorator<{ name: string }>();

/** Makes a provider hand over one kind of thing when a user leaves: `@OwnedResource('workflow')`. */
export const OwnedResource = (name: string): ClassDecorator =>
  applyDecorators(Injectable(), OwnedResourceMetadata({ name }));
