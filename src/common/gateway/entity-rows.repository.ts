import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/prisma/client.js';
import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { type LargeColumns, withLargeValues } from '../dbal/large-values.repository.js';
import { paginate } from '../dbal/paginate.js';
import type { EntityRow } from './entity-model.js';
import type { EntityOrder, EntityWhere } from './entity-query.js';
import type { Entity } from './entity-rule-book.js';

type Select = Record<string, true>;

/** The methods that all models of the Prisma client share. */
interface Delegate {
  findMany(args: {
    where: EntityWhere;
    select: Select;
    orderBy: EntityOrder;
    skip?: number;
    take: number;
  }): Promise<EntityRow[]>;
  findFirst(args: { where: EntityWhere; select: Select; orderBy?: EntityOrder }): Promise<EntityRow | null>;
  count(args: { where: EntityWhere }): Promise<number>;
  create(args: { data: EntityRow; select: Select }): Promise<EntityRow>;
  updateManyAndReturn(args: { where: EntityWhere; data: EntityRow; select: Select }): Promise<EntityRow[]>;
  deleteMany(args: { where: EntityWhere }): Promise<{ count: number }>;
}

/** Rows of any entity, restricted to the readable columns. The database adds the tenant. */
@Injectable()
export class EntityRows {
  constructor(
    private readonly prisma: PrismaService,
    private readonly platform: PlatformPrismaService,
  ) {}

  /** Large values are not read; `omitted` of the row names them. */
  findPage(
    entity: Entity,
    where: EntityWhere,
    orderBy: EntityOrder,
    slice: { skip: number; take: number },
  ): Promise<{ rows: EntityRow[]; total: number }> {
    const table = this.#table(entity);
    const large = largeColumnsOf(entity);
    const select = Object.fromEntries(Object.entries(shown(entity)).filter(([name]) => !(name in large.columns)));
    return paginate(
      slice,
      () => table.findMany({ where, orderBy, select, ...slice }),
      () => table.count({ where }),
      (rows) => withLargeValues<EntityRow, EntityRow, string>(this.#client(entity), large, rows),
    );
  }

  /** Returns the keys of up to `take` rows. */
  findKeys(entity: Entity, where: EntityWhere, orderBy: EntityOrder, take: number): Promise<EntityRow[]> {
    const select = Object.fromEntries(entity.model.key.map((name) => [name, true as const]));
    return this.#table(entity).findMany({ where, orderBy, take, select });
  }

  findFirst(entity: Entity, where: EntityWhere, orderBy?: EntityOrder): Promise<EntityRow | null> {
    return this.#table(entity).findFirst({ where, orderBy, select: shown(entity) });
  }

  create(entity: Entity, data: EntityRow): Promise<EntityRow> {
    return this.#table(entity).create({ data: toData(entity, data), select: shown(entity) });
  }

  /** Returns null if no row matches. */
  async update(entity: Entity, where: EntityWhere, data: EntityRow): Promise<EntityRow | null> {
    const [row] = await this.#table(entity).updateManyAndReturn({
      where,
      data: toData(entity, data),
      select: shown(entity),
    });
    return row ?? null;
  }

  async delete(entity: Entity, where: EntityWhere): Promise<boolean> {
    return (await this.#table(entity).deleteMany({ where })).count > 0;
  }

  #table(entity: Entity): Delegate {
    return (this.#client(entity) as unknown as Record<string, Delegate>)[entity.model.delegate]!;
  }

  #client({ rule }: Entity): PrismaService | PlatformPrismaService {
    return rule.isPlatform ? this.platform : this.prisma;
  }
}

function largeColumnsOf({ model, rule }: Entity): LargeColumns {
  const large = rule.fields.map((name) => model.fields.get(name)!).filter(({ isLarge }) => isLarge);
  return {
    table: model.table,
    key: model.key.map((name) => {
      const { column, type } = model.fields.get(name)!;
      return { name, column, type: type as LargeColumns['key'][number]['type'] };
    }),
    columns: Object.fromEntries(large.map(({ name, column }) => [name, column])),
  };
}

/** Always includes the key: pages are ordered by it, and rows are addressed by it. */
function shown({ model, rule }: Entity): Select {
  return Object.fromEntries([...rule.fields, ...model.key].map((field) => [field, true]));
}

/**
 * Prisma has a special null for JSON columns. @throws Error for a column that cannot be written, which means that the
 * rule's class is wrong.
 */
function toData({ model, rule }: Entity, data: EntityRow): EntityRow {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const field = model.fields.get(name);
      if (!field || name === 'tenantId' || rule.secrets?.includes(name)) {
        throw new Error(`${model.name}.${name} cannot be written through the entity gateway.`);
      }
      return [name, value === null && field.type === 'json' ? Prisma.DbNull : value];
    }),
  );
}
