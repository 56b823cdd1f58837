import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../common/identity/actor.js';
import type { User } from './users.types.js';

/** Whoever keeps things that act with a user's rights. Modules contribute theirs by `@OnRoleRaised`. */
export interface HearsOfRaises {
  /**
   * The user may do more from now on than before. What others have decided for them was decided for what they could do until now. Runs
   * in the transaction of the change.
   */
  raised(actor: Actor, before: User, after: User): Promise<void>;
}

/** How they are found. */
export const RoleRaiseMetadata = DiscoveryService.createDecorator<true>();

/** Makes a provider hear of everybody whose role is raised. */
export const OnRoleRaised = (): ClassDecorator => applyDecorators(Injectable(), RoleRaiseMetadata(true));
