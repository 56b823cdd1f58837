import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';
import type { Role } from '../../../common/identity/roles.js';

/** A user with whose rights runs act, and the user's role. */
export interface RightsHolder {
  id: string;
  role: Role;
}

/** Stores runs of workflows. Modules contribute theirs by `@HoldsRuns`. All methods run in the running transaction. */
export interface RunHolder {
  /** Returns whether the workflow has runs that have not ended. */
  hasOpen(workflowId: string): Promise<boolean>;
  /** Cancels open runs that act for a user, optionally only those of the given workflows. */
  cancel(actor: Actor, ownerId: string, workflowIds?: readonly string[]): Promise<void>;
  /** Makes open runs that act for `from` act for `to`, with the lower role of both. */
  handOver(from: RightsHolder, to: { id: string }): Promise<void>;
  /** Limits open runs of these workflows that act for that user to the role. */
  limit(workflowIds: readonly string[], owner: RightsHolder): Promise<void>;
}

/** Metadata by which the providers are discovered. */
export const RunHolderMetadata = DiscoveryService.createDecorator<true>();

/** Declares that a provider stores runs of workflows. */
export const HoldsRuns = (): ClassDecorator => applyDecorators(Injectable(), RunHolderMetadata(true));
