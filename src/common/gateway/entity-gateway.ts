import { Injectable } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import { NotFoundError, UnprocessableError } from '../errors/app-error.js';
import { assertIfMatch } from '../contracts/etag.js';
import { type PageQuery, toSlice } from '../contracts/page.js';
import { DbalService } from '../dbal/dbal.service.js';
import { PlatformDbalService } from '../dbal/platform-dbal.service.js';
import { type EntityRow, nounOf } from './entity-model.js';
import { type EntityFilter, keyOf, toKey, toOrder, toWhere } from './entity-query.js';
import { type Entity, EntityRuleBook } from './entity-rule-book.js';
import type { EntityAction } from '../manifest/entity-rules.js';
import { EntityRows } from './entity-rows.repository.js';
import { CheckedWrites } from './checked-writes.js';

/** Maximum rows changed by one call. */
const MAX_ROWS = 1000;

export interface EntityList extends PageQuery {
  filter?: EntityFilter;
  /** Such as `-createdAt,name`. */
  sort?: string;
}

/**
 * Reads and writes rows of any entity by name, within the tenant, as its rule allows and through the service that owns
 * it. All methods throw NotFoundError `entity.not_found` for unknown names, ForbiddenError, and InvalidInputError for
 * invalid filters and data.
 */
@Injectable()
export class EntityGateway {
  constructor(
    private readonly rules: EntityRuleBook,
    private readonly rows: EntityRows,
    private readonly writes: CheckedWrites,
    private readonly dbal: DbalService,
    private readonly platformDbal: PlatformDbalService,
  ) {}

  async list(actor: Actor, name: string, query: EntityList): Promise<{ rows: EntityRow[]; total: number }> {
    const entity = this.#allowed(actor, name, 'read');
    return this.rows.findPage(
      entity,
      toWhere(entity, query.filter, '?filter'),
      toOrder(entity, query.sort),
      toSlice(query),
    );
  }

  async findFirst(
    actor: Actor,
    name: string,
    query: { filter?: EntityFilter; sort?: string },
  ): Promise<EntityRow | null> {
    const entity = this.#allowed(actor, name, 'read');
    return this.rows.findFirst(entity, toWhere(entity, query.filter, '/filter'), toOrder(entity, query.sort));
  }

  /** @throws NotFoundError `<entity>.not_found`. */
  async read(actor: Actor, name: string, key: string): Promise<EntityRow> {
    return this.#get(this.#allowed(actor, name, 'read'), key);
  }

  /** @throws the errors of the service that owns the entity. */
  async create(actor: Actor, name: string, data: unknown): Promise<EntityRow> {
    const entity = this.#allowed(actor, name, 'create');
    return this.#transaction(entity, async () => this.#get(entity, await this.writes.create(actor, entity, data)));
  }

  /** @throws the errors of the service that owns the entity; NotFoundError; StaleVersionError. */
  async update(actor: Actor, name: string, key: string, data: unknown, ifMatch?: string): Promise<EntityRow> {
    const entity = this.#allowed(actor, name, 'update');
    return this.#transaction(entity, async () => {
      const row = await this.#getMatching(entity, key, ifMatch);
      await this.writes.update(actor, entity, row, data, ifMatch);
      return this.#get(entity, key);
    });
  }

  /** @throws the errors of the service that owns the entity; NotFoundError; StaleVersionError. */
  async delete(actor: Actor, name: string, key: string, ifMatch?: string): Promise<void> {
    const entity = this.#allowed(actor, name, 'delete');
    await this.#transaction(entity, async () => {
      const row = await this.#getMatching(entity, key, ifMatch);
      await this.writes.delete(actor, entity, row, ifMatch);
    });
  }

  /** Updates the first row that matches, or creates one. */
  upsert(
    actor: Actor,
    name: string,
    { filter, create, update }: { filter: EntityFilter; create: unknown; update: unknown },
  ): Promise<EntityRow> {
    return this.#transaction(this.rules.get(name), async () => {
      const found = await this.findFirst(actor, name, { filter });
      if (!found) return this.create(actor, name, create);
      return this.update(actor, name, keyOf(this.rules.get(name).model, found), update);
    });
  }

  /** Creates all or none; at most 1,000. */
  createMany(actor: Actor, name: string, list: readonly unknown[]): Promise<{ count: number }> {
    if (list.length > MAX_ROWS) throw tooMany();
    return this.#transaction(this.rules.get(name), async () => {
      for (const data of list) await this.create(actor, name, data);
      return { count: list.length };
    });
  }

  /** Applies the rules of a single update to each row. Updates all or none; at most 1,000. */
  updateMany(actor: Actor, name: string, filter: EntityFilter, data: unknown): Promise<{ count: number }> {
    return this.#each(actor, name, filter, (key) => this.update(actor, name, key, data));
  }

  /** Applies the rules of a single delete to each row. Deletes all or none; at most 1,000. */
  deleteMany(actor: Actor, name: string, filter: EntityFilter): Promise<{ count: number }> {
    return this.#each(actor, name, filter, (key) => this.delete(actor, name, key));
  }

  #each(
    actor: Actor,
    name: string,
    filter: EntityFilter,
    fn: (key: string) => Promise<unknown>,
  ): Promise<{ count: number }> {
    return this.#transaction(this.rules.get(name), async () => {
      const entity = this.#allowed(actor, name, 'read');
      const order = toOrder(entity, undefined);
      const found = await this.rows.findKeys(entity, toWhere(entity, filter, '/filter'), order, MAX_ROWS + 1);
      if (found.length > MAX_ROWS) throw tooMany();
      for (const row of found) await fn(keyOf(entity.model, row));
      return { count: found.length };
    });
  }

  async #get(entity: Entity, key: string): Promise<EntityRow> {
    const row = await this.rows.findFirst(entity, toKey(entity.model, key));
    if (!row) throw new NotFoundError(nounOf(entity.model));
    return row;
  }

  /** Compares the tag before the data is validated. */
  async #getMatching(entity: Entity, key: string, ifMatch: string | undefined): Promise<EntityRow> {
    const row = await this.#get(entity, key);
    const { id, version } = row;
    if (typeof id === 'string' && typeof version === 'number') assertIfMatch(ifMatch, { id, version });
    return row;
  }

  /** Audit entries go to the tenant's log, even if the rows are the platform's, so both transactions are needed. */
  #transaction<T>({ rule }: Entity, fn: () => Promise<T>): Promise<T> {
    if (!rule.isPlatform) return this.dbal.transaction(fn);
    return this.platformDbal.transaction(() => this.dbal.transaction(fn));
  }

  #allowed(actor: Actor, name: string, action: EntityAction): Entity {
    const entity = this.rules.get(name);
    this.rules.assertAllowed(actor, entity, action);
    if (action !== 'read') this.writes.assertPossible(entity, action);
    return entity;
  }
}

function tooMany(): UnprocessableError {
  return new UnprocessableError('entity.too_many', `One call can change up to ${MAX_ROWS} rows.`);
}
