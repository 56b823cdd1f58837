import { Injectable, type Type } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import { validated } from '../http/validated.js';
import { DirectWrites } from './direct-writes.js';
import { keyOf } from './entity-query.js';
import { actionDenied, type Entity } from './entity-rule-book.js';
import type { EntityAction } from '../manifest/entity-rules.js';
import type { EntityRow } from './entity-model.js';
import { EntityWriterRegistry, providesFor } from './entity-writer-registry.js';

type Write = Exclude<EntityAction, 'read'>;

/** Writes through the service that owns an entity, or directly to the table where the entity's rule allows it. */
@Injectable()
export class CheckedWrites {
  constructor(
    private readonly writers: EntityWriterRegistry,
    private readonly direct: DirectWrites,
  ) {}

  /** @throws ForbiddenError `entity.action_denied` when neither a service nor the rule supports the action. */
  assertPossible({ model, rule }: Entity, action: Write): void {
    const isPossible = providesFor(action, rule, this.writers.find(model.name));
    if (!isPossible) throw actionDenied(model, action);
  }

  /** Returns the new row's key. */
  async create(actor: Actor, entity: Entity, data: unknown): Promise<string> {
    const valid = this.#validated(entity, 'create', data);
    const registered = this.writers.find(entity.model.name);
    return registered ? registered.writer.create!(actor, valid) : this.direct.create(actor, entity, valid);
  }

  /**
   * @param row its current state. @param ifMatch passed to the service, which checks it again while the row is locked.
   */
  async update(actor: Actor, entity: Entity, row: EntityRow, data: unknown, ifMatch?: string): Promise<void> {
    const valid = this.#validated(entity, 'update', data);
    const registered = this.writers.find(entity.model.name);
    if (registered) await registered.writer.update!(actor, keyOf(entity.model, row), valid, ifMatch);
    else await this.direct.update(actor, entity, row, valid);
  }

  /** See `update` for the parameters. */
  async delete(actor: Actor, entity: Entity, row: EntityRow, ifMatch?: string): Promise<void> {
    const registered = this.writers.find(entity.model.name);
    if (registered) await registered.writer.delete!(actor, keyOf(entity.model, row), ifMatch);
    else await this.direct.delete(actor, entity, row);
  }

  /** The data is the whole body, so pointers of problems start at its root. */
  #validated({ model, rule }: Entity, action: 'create' | 'update', data: unknown): object {
    const type: Type<object> | undefined = (this.writers.find(model.name) ?? rule.direct)?.[action];
    if (!type) throw actionDenied(model, action);
    return validated(type, data, '');
  }
}
