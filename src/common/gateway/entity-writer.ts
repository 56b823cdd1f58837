import { applyDecorators, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../identity/actor.js';

/**
 * Writes an entity by the rules of the service that owns it. What a writer leaves out, nobody may do. Called in a transaction,
 * by somebody with the permission of the entity's rule, with data of the class that the decorator names.
 */
export interface WritesEntity<Create extends object = object, Update extends object = object> {
  /** Returns the new row's key. */
  create?(actor: Actor, data: Create): Promise<string>;
  /** @param ifMatch the entity tag the caller knows, if any. */
  update?(actor: Actor, key: string, data: Update, ifMatch?: string): Promise<unknown>;
  delete?(actor: Actor, key: string, ifMatch?: string): Promise<unknown>;
}

export interface EntityWriterOptions {
  readonly entity: string;
  readonly create?: Type<object>;
  readonly update?: Type<object>;
}

/** How the gateway finds writers. */
export const EntityWriterMetadata = DiscoveryService.createDecorator<EntityWriterOptions>();

/** Makes a provider the only way to write an entity: `@EntityWriter('User', { create: CreateUserDto, update: UpdateUserDto })`. */
export const EntityWriter = (entity: string, input: Omit<EntityWriterOptions, 'entity'>): ClassDecorator =>
  applyDecorators(Injectable(), EntityWriterMetadata({ entity, ...input }));
