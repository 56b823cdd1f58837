import { Injectable } from '@nestjs/common';
import { Prisma } from '../../../generated/prisma/client.js';
import { PlatformPrismaService } from '../../prisma/platform-prisma.service.js';
import { PrismaService } from '../../prisma/prisma.service.js';
import { paginate } from '../paginate.js';
import type { EntityRow } from './entity-model.js';
import type { EntityOrder, EntityWhere } from './entity-query.js';
import type { Entity } from './entity-rule-book.js';

type Select = Record<string, true>;

/** What all models of Prisma's client have in common. */
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

/** Rows of any entity, with the columns that may be shown and nothing else. The tenant is added by the database. */
@Injectable()
export class EntityRows {
  constructor(
    private readonly prisma: PrismaService,
    private readonly platform: PlatformPrismaService,
  ) {}

  findPage(
    entity: Entity,
    where: EntityWhere,
    orderBy: EntityOrder,
    slice: { skip: number; take: number },
  ): Promise<{ rows: EntityRow[]; total: number }> {
    const table = this.#table(entity);
    return paginate(
      slice,
      () => table.findMany({ where, orderBy, select: shown(entity), ...slice }),
      () => table.count({ where }),
    );
  }

  findMany(entity: Entity, where: EntityWhere, orderBy: EntityOrder, take: number): Promise<EntityRow[]> {
    return this.#table(entity).findMany({ where, orderBy, take, select: shown(entity) });
  }

  findFirst(entity: Entity, where: EntityWhere, orderBy?: EntityOrder): Promise<EntityRow | null> {
    return this.#table(entity).findFirst({ where, orderBy, select: shown(entity) });
  }

  create(entity: Entity, data: EntityRow): Promise<EntityRow> {
    return this.#table(entity).create({ data: toData(entity, data), select: shown(entity) });
  }

  /** Null when no row fits (any more). */
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

  #table({ model, rule }: Entity): Delegate {
    const client = rule.isPlatform ? this.platform : this.prisma;
    return (client as unknown as Record<string, Delegate>)[model.delegate]!;
  }
}

/** The key is always there: pages end by it, and rows are found again by it. */
function shown({ model, rule }: Entity): Select {
  return Object.fromEntries([...rule.fields, ...model.key].map((field) => [field, true]));
}

/** Prisma has a null of its own for JSON columns. @throws Error for a column that is never written: a rule's class is wrong. */
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
