import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { StartupError } from '../errors/startup.error.js';
import { type EntityAction, type EntityRule, isWithheld } from '../manifest/entity-rules.js';
import { Manifests } from '../manifest/manifests.js';
import { type EntityWriterOptions, EntityWriterMetadata, type WritesEntity } from './entity-writer.js';

export interface RegisteredWriter extends EntityWriterOptions {
  readonly writer: WritesEntity;
}

type Write = Exclude<EntityAction, 'read'>;
const WRITES: Write[] = ['create', 'update', 'delete'];

/** True if a service or the rule itself supports the write. */
export function providesFor(action: Write, rule: EntityRule, registered: RegisteredWriter | undefined): boolean {
  if (registered) return registered.writer[action] !== undefined;
  return rule.direct !== undefined && (action === 'delete' || rule.direct[action] !== undefined);
}

/** Finds rights to write an entity that neither a service nor the rule supports, each with advice. */
export function uselessRights(
  manifests: Pick<Manifests, 'entities' | 'fileOf'>,
  writerOf: (entity: string) => RegisteredWriter | undefined,
): string[] {
  return [...manifests.entities].flatMap(([entity, rule]) => {
    if (isWithheld(rule)) return [];
    const useless = WRITES.filter(
      (action) => rule[action] !== undefined && !providesFor(action, rule, writerOf(entity)),
    );
    return useless.map(
      (action) =>
        `${entity} has the right \`${action}: '${rule[action]}'\` in ${manifests.fileOf('entities', entity)}, but nothing can ${action} it. ` +
        `Add ${action}() to the class with @EntityWriter('${entity}', …) in <noun>.entity-writer.ts, and the class to the providers of <module>.module.ts; or remove the right.`,
    );
  });
}

/** Registers the services that own entities and perform all writes on them. */
@Injectable()
export class EntityWriterRegistry implements OnApplicationBootstrap {
  readonly #writers = new Map<string, RegisteredWriter>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly manifests: Manifests,
  ) {}

  /**
   * @throws Error when an entity has two writers, or a writer accepts data without declaring its class; StartupError
   * for unusable rights.
   */
  onApplicationBootstrap(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: EntityWriterMetadata.KEY })) {
      const options = this.discovery.getMetadataByDecorator(EntityWriterMetadata, wrapper);
      if (options) this.#add({ ...options, writer: wrapper.instance as WritesEntity });
    }
    const problems = uselessRights(this.manifests, (entity) => this.find(entity));
    if (problems.length > 0) throw new StartupError(problems);
  }

  find(entity: string): RegisteredWriter | undefined {
    return this.#writers.get(entity);
  }

  #add(registered: RegisteredWriter): void {
    const { entity, create, update, writer } = registered;
    if (this.#writers.has(entity)) throw new Error(`The entity ${entity} has two writers.`);
    if (Boolean(writer.create) !== Boolean(create) || Boolean(writer.update) !== Boolean(update)) {
      throw new Error(
        `The writer of ${entity} must name an input class for create and for update if it has that method, and no other class.`,
      );
    }
    this.#writers.set(entity, registered);
  }
}
