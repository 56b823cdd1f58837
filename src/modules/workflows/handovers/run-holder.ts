import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';
import type { Role } from '../../../common/identity/roles.js';

/** A user with whose rights runs act, and what that user may. */
export interface RightsHolder {
  id: string;
  role: Role;
}

/** Whoever keeps runs of workflows. Modules contribute theirs by `@HoldsRuns`. All of it happens in the running transaction. */
export interface RunHolder {
  /** Whether the workflow has runs that have not ended. */
  hasOpen(workflowId: string): Promise<boolean>;
  /** Ends the open runs that act for a user; where workflows are given, theirs alone. */
  cancel(actor: Actor, ownerId: string, workflowIds?: readonly string[]): Promise<void>;
  /** Open runs that act for `from` go on for `to`, with what both may. */
  handOver(from: RightsHolder, to: { id: string }): Promise<void>;
  /** Runs of these workflows that act for that user, and may go on, do so with no more than the role. */
  limit(workflowIds: readonly string[], owner: RightsHolder): Promise<void>;
}

/** How they are found. */
export const RunHolderMetadata = DiscoveryService.createDecorator<true>();

/** Makes a provider keep runs of workflows. */
export const HoldsRuns = (): ClassDecorator => applyDecorators(Injectable(), RunHolderMetadata(true));
