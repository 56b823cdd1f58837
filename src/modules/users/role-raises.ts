import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../common/identity/actor.js';
import type { User } from './users.types.js';

/**
 * Reacts when a user's role is raised. For modules with resources that act with the user's rights; they contribute by
 * `@OnRoleRaised`.
 */
export interface HearsOfRaises {
  /**
   * Called when a user gets more rights. What others decided for the user was decided for the previous rights. Runs in
   * the transaction of the change.
   */
  raised(actor: Actor, before: User, after: User): Promise<void>;
}

/** Metadata by which the providers are discovered. */
export const RoleRaiseMetadata = DiscoveryService.createDecorator<true>();

/** Declares that a provider is called when a user's role is raised. */
export const OnRoleRaised = (): ClassDecorator => applyDecorators(Injectable(), RoleRaiseMetadata(true));
