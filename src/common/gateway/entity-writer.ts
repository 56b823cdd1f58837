import { applyDecorators, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../identity/actor.js';

/**
 * Writes an entity by the rules of the service that owns it. Actions without a method are denied. Called in a
 * transaction, after the permission of the entity's rule was checked, with data of the class named in the decorator.
 */
export interface WritesEntity<Create extends object = object, Update extends object = object> {
  /** Returns the new row's key. */
  create?(actor: Actor, data: Create): Promise<string>;
  /** @param ifMatch the client's entity tag, if any. */
  update?(actor: Actor, key: string, data: Update, ifMatch?: string): Promise<unknown>;
  delete?(actor: Actor, key: string, ifMatch?: string): Promise<unknown>;
}

export interface EntityWriterOptions {
  readonly entity: string;
  readonly create?: Type<object>;
  readonly update?: Type<object>;
}

/** Metadata by which the gateway discovers writers. */
export const EntityWriterMetadata = DiscoveryService.createDecorator<EntityWriterOptions>();

/**
 * Registers a provider as the only writer of an entity: `@EntityWriter('User', { create: CreateUserDto, update:
 * UpdateUserDto })`.
 */
export const EntityWriter = (entity: string, input: Omit<EntityWriterOptions, 'entity'>): ClassDecorator =>
  applyDecorators(Injectable(), EntityWriterMetadata({ entity, ...input }));
