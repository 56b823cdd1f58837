import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type EntityWriterOptions, EntityWriterMetadata, type WritesEntity } from './entity-writer.js';

export interface RegisteredWriter extends EntityWriterOptions {
  readonly writer: WritesEntity;
}

/** Entities that are written through the services that own them. */
@Injectable()
export class EntityWriters implements OnApplicationBootstrap {
  readonly #writers = new Map<string, RegisteredWriter>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error when an entity has two writers, or one takes data without saying what. */
  onApplicationBootstrap(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: EntityWriterMetadata.KEY })) {
      const options = this.discovery.getMetadataByDecorator(EntityWriterMetadata, wrapper);
      if (options) this.#add({ ...options, writer: wrapper.instance as WritesEntity });
    }
  }

  find(entity: string): RegisteredWriter | undefined {
    return this.#writers.get(entity);
  }

  #add(registered: RegisteredWriter): void {
    const { entity, create, update, writer } = registered;
    if (this.#writers.has(entity)) throw new Error(`The entity ${entity} has two writers.`);
    if (Boolean(writer.create) !== Boolean(create) || Boolean(writer.update) !== Boolean(update)) {
      throw new Error(
        `The writer of ${entity} names a class for each of what it creates and updates, and for nothing else.`,
      );
    }
    this.#writers.set(entity, registered);
  }
}
