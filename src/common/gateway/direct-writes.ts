import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../identity/actor.js';
import { NotFoundError, StaleVersionError } from '../errors/app-error.js';
import { type EntityRow, nounOf } from './entity-model.js';
import { keyOf, toKey } from './entity-query.js';
import type { Entity } from './entity-rule-book.js';
import { EntityRows } from './entity-rows.repository.js';

/** Writes entities that no service owns directly to their tables, in the caller's transaction. */
@Injectable()
export class DirectWrites {
  constructor(
    private readonly rows: EntityRows,
    private readonly audit: AuditService,
  ) {}

  /** Returns the new row's key. */
  async create(actor: Actor, entity: Entity, data: object): Promise<string> {
    const row = await this.rows.create(entity, present(data));
    const key = keyOf(entity.model, row);
    await this.#record(actor, entity, 'created', key, { after: present(data) });
    return key;
  }

  /** @param row its current state. @throws StaleVersionError when the row was changed concurrently. */
  async update(actor: Actor, entity: Entity, row: EntityRow, data: object): Promise<void> {
    const key = keyOf(entity.model, row);
    const where = toKey(entity.model, key);
    const changes = present(data);
    if (Object.keys(changes).length === 0) return;
    const isVersioned = entity.model.fields.has('version');
    const updated = await this.rows.update(
      entity,
      isVersioned ? { ...where, version: row['version'] } : where,
      isVersioned ? { ...changes, version: { increment: 1 } } : changes,
    );
    if (!updated) throw new StaleVersionError();
    const before = Object.fromEntries(Object.keys(changes).map((field) => [field, row[field]]));
    await this.#record(actor, entity, 'updated', key, { before, after: changes });
  }

  /** @param before the row's current state. @throws NotFoundError when the row was deleted concurrently. */
  async delete(actor: Actor, entity: Entity, before: EntityRow): Promise<void> {
    const key = keyOf(entity.model, before);
    if (!(await this.rows.delete(entity, toKey(entity.model, key)))) throw new NotFoundError(nounOf(entity.model));
    await this.#record(actor, entity, 'deleted', key, { before });
  }

  #record(
    actor: Actor,
    { model }: Entity,
    verb: string,
    key: string,
    change: { before?: EntityRow; after?: EntityRow },
  ): Promise<void> {
    const noun = nounOf(model);
    return this.audit.record(actor, { action: `${noun}.${verb}`, targetType: noun, targetId: key, ...change });
  }
}

/** Removes undefined values, which leave a column unchanged. */
function present(data: object): EntityRow {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
