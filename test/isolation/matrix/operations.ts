import type { Prisma } from '../../../src/generated/prisma/client.js';
import { dataOf, insertOf, type Row } from './row-maker.js';
import type { TenantModel } from './tenant-models.js';

/** A Prisma client, or the client of a transaction. */
export type AnyClient = Record<string, Record<string, (args?: unknown) => Prisma.PrismaPromise<unknown>>> & {
  $queryRawUnsafe(sql: string, ...values: unknown[]): Prisma.PrismaPromise<unknown>;
  $executeRawUnsafe(sql: string, ...values: unknown[]): Prisma.PrismaPromise<number>;
};

/** What an operation is aimed at: a row that exists, or (for inserts) one that does not yet. */
export interface Target {
  model: TenantModel;
  row: Row;
}

export interface Operation {
  name: string;
  kind: 'read' | 'insert' | 'update' | 'delete';
  /** Privileges without which PostgreSQL refuses it. */
  needs: string[];
  run(client: AnyClient, target: Target): Prisma.PrismaPromise<unknown>;
  /** How many rows it reached, from its result. */
  reached(result: unknown): number;
}

const keyWhere = ({ model, row }: Target): Row => {
  const names = ['tenant_id', ...model.key];
  return Object.fromEntries(
    names.map((name) => [model.columns.find((column) => column.name === name)!.field, row[name]]),
  );
};
const uniqueWhere = (target: Target): Row => {
  const where = keyWhere(target);
  const names = Object.keys(where);
  return names.length === 1 ? where : { [names.join('_')]: where };
};
/** An update that changes nothing but counts: the last column of the key set to itself. */
const sameKey = ({ model, row }: Target): Row => {
  const name = model.key.at(-1)!;
  return { [model.columns.find((column) => column.name === name)!.field]: row[name] };
};
const rawKey = ({ model, row }: Target): { where: string; values: unknown[] } => ({
  where: ['tenant_id', ...model.key]
    .map(
      (name, index) =>
        `"${name}" = $${index + 1}${model.columns.find((column) => column.name === name)!.type === 'uuid' ? '::uuid' : ''}`,
    )
    .join(' AND '),
  values: ['tenant_id', ...model.key].map((name) => row[name]),
});

const length = (result: unknown): number => (result as unknown[]).length;
const present = (result: unknown): number => (result === null || result === undefined ? 0 : 1);
const count = (result: unknown): number => (result as { count: number }).count;
const itself = (result: unknown): number => Number(result);

const read = (name: string, reached: Operation['reached'], args: (target: Target) => unknown): Operation => ({
  name,
  kind: 'read',
  needs: ['SELECT'],
  run: (client, target) => client[target.model.delegate]![name]!(args(target)),
  reached,
});
const write = (
  name: string,
  kind: Operation['kind'],
  needs: string[],
  reached: Operation['reached'],
  args: (target: Target) => unknown,
): Operation => ({
  ...read(name, reached, args),
  kind,
  needs,
});

export const PRISMA_OPERATIONS: Operation[] = [
  read('findMany', length, (target) => ({ where: keyWhere(target) })),
  read('findFirst', present, (target) => ({ where: { OR: [keyWhere(target)] } })),
  read('findUnique', present, (target) => ({ where: uniqueWhere(target) })),
  read('findUniqueOrThrow', present, (target) => ({ where: uniqueWhere(target) })),
  read('count', itself, (target) => ({ where: keyWhere(target) })),
  read(
    'aggregate',
    (result) => (result as { _count: { _all: number } })._count._all,
    (target) => ({ where: keyWhere(target), _count: { _all: true } }),
  ),
  read('groupBy', length, (target) => ({
    by: Object.keys(sameKey(target)),
    where: keyWhere(target),
    _count: { _all: true },
  })),
  write('create', 'insert', ['INSERT', 'SELECT'], present, ({ model, row }) => ({ data: dataOf(model, row) })),
  write('createMany', 'insert', ['INSERT'], count, ({ model, row }) => ({ data: [dataOf(model, row)] })),
  write('createManyAndReturn', 'insert', ['INSERT', 'SELECT'], length, ({ model, row }) => ({
    data: [dataOf(model, row)],
  })),
  write('update', 'update', ['UPDATE', 'SELECT'], present, (target) => ({
    where: uniqueWhere(target),
    data: sameKey(target),
  })),
  write('updateMany', 'update', ['UPDATE', 'SELECT'], count, (target) => ({
    where: keyWhere(target),
    data: sameKey(target),
  })),
  write('updateManyAndReturn', 'update', ['UPDATE', 'SELECT'], length, (target) => ({
    where: keyWhere(target),
    data: sameKey(target),
  })),
  write('upsert', 'update', ['INSERT', 'UPDATE', 'SELECT'], present, (target) => ({
    where: uniqueWhere(target),
    create: dataOf(target.model, target.row),
    update: sameKey(target),
  })),
  write('delete', 'delete', ['DELETE', 'SELECT'], present, (target) => ({ where: uniqueWhere(target) })),
  write('deleteMany', 'delete', ['DELETE', 'SELECT'], count, (target) => ({ where: keyWhere(target) })),
];

const castsOf = ({ model, row }: Target): string => {
  const casts = Object.keys(row).map((name) => model.columns.find((column) => column.name === name)!.type);
  return insertOf(model, row).text.replace(
    /\$(\d+)/g,
    (parameter, index: string) => `${parameter}::${casts[Number(index) - 1]}`,
  );
};

export const RAW_OPERATIONS: Operation[] = [
  {
    name: 'raw SELECT',
    kind: 'read',
    needs: ['SELECT'],
    run: (client, target) =>
      client.$queryRawUnsafe(
        `SELECT 1 AS one FROM "${target.model.table}" WHERE ${rawKey(target).where}`,
        ...rawKey(target).values,
      ),
    reached: length,
  },
  {
    name: 'raw SELECT FOR UPDATE',
    kind: 'read',
    needs: ['SELECT', 'UPDATE'],
    run: (client, target) =>
      client.$queryRawUnsafe(
        `SELECT 1 AS one FROM "${target.model.table}" WHERE ${rawKey(target).where} FOR UPDATE`,
        ...rawKey(target).values,
      ),
    reached: length,
  },
  {
    name: 'raw INSERT',
    kind: 'insert',
    needs: ['INSERT'],
    run: (client, target) =>
      client.$executeRawUnsafe(castsOf(target), ...insertOf(target.model, target.row).parameters),
    reached: itself,
  },
  {
    name: 'raw UPDATE',
    kind: 'update',
    needs: ['UPDATE', 'SELECT'],
    run: (client, target) =>
      client.$executeRawUnsafe(
        `UPDATE "${target.model.table}" SET "${target.model.key.at(-1)}" = "${target.model.key.at(-1)}" WHERE ${rawKey(target).where}`,
        ...rawKey(target).values,
      ),
    reached: itself,
  },
  {
    name: 'raw DELETE in a CTE',
    kind: 'delete',
    needs: ['DELETE', 'SELECT'],
    run: (client, target) =>
      client.$queryRawUnsafe(
        `WITH gone AS (DELETE FROM "${target.model.table}" WHERE ${rawKey(target).where} RETURNING 1 AS one) SELECT one FROM gone`,
        ...rawKey(target).values,
      ),
    reached: length,
  },
];
