import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Check, Column, TenantModel } from './tenant-models.js';

export type Row = Record<string, unknown>;
type Sql = <T extends object>(text: string, values?: unknown[]) => Promise<T[]>;

const token = (): string => `m${randomBytes(6).toString('hex')}`;

/** Values to try for a text column, the literals of its CHECKs first. */
function textCandidates(column: Column, checks: Check[]): string[] {
  const mine = checks.filter((check) => check.columns.includes(column.name));
  const literals = mine
    .flatMap((check) => [...check.definition.matchAll(/'((?:[^']|'')*)'::text/g)].map((match) => match[1]!))
    .filter((text) => /^[\w .:-]+$/.test(text));
  return [
    ...literals,
    token(),
    `${token()}.example`,
    `${token()}@example.test`,
    `https://${token()}.example/`,
    `/${token()}`,
    '1.0.0',
    'a',
    '',
  ];
}

function candidates(column: Column, checks: Check[]): unknown[] {
  switch (column.type.replace(/\(\d+\)/, '')) {
    case 'uuid':
      return [uuidv7()];
    case 'text':
    case 'character varying':
      return textCandidates(column, checks);
    case 'integer':
    case 'smallint':
    case 'bigint':
      return [1, 0, 10, 100, 1000, -1];
    case 'double precision':
    case 'real':
    case 'numeric':
      return [0.5, 0, 1, 100];
    case 'boolean':
      return [false, true];
    case 'timestamp with time zone':
    case 'timestamp without time zone':
    case 'date':
      return [new Date(), new Date(Date.now() + 86_400_000), new Date(0)];
    case 'jsonb':
    case 'json':
      return ['{}', '[]', '"x"'];
    case 'bytea':
      return [Buffer.from('x')];
    default:
      return column.type.endsWith('[]') ? ['{}'] : [];
  }
}

/** What a row cannot do without: columns that are required and have no default, and the tenant. */
const isNeeded = (column: Column, model: TenantModel): boolean =>
  column.name === 'tenant_id' ||
  model.key.includes(column.name) ||
  (column.required && !column.hasDefault) ||
  isInUnique(column, model);

/** Columns of unique indexes get values of their own even when they have a default, so that a second row does not meet the first. */
const isInUnique = (column: Column, model: TenantModel): boolean =>
  model.uniques.some((columns) => columns.includes(column.name)) && column.required;

/** Which column a violated CHECK or type complains about. */
function culprits(error: unknown, model: TenantModel): string[] {
  if (!(error instanceof pg.DatabaseError)) throw error;
  return model.checks.find((check) => check.name === error.constraint)?.columns ?? (error.column ? [error.column] : []);
}

const MAX_ATTEMPTS = 200;

/**
 * Makes rows that satisfy a table's types, CHECKs and foreign keys, found out by asking the database. Rows it depends on are made, too.
 * @throws Error naming the table and the reason when no row can be made: then the table is not covered, and the suite fails.
 */
export class RowMaker {
  constructor(
    private readonly models: TenantModel[],
    /** As a superuser: rows of any tenant. */
    private readonly sql: Sql,
  ) {}

  /** Values, by column, of a row that can be inserted for the tenant. The rows it refers to exist afterwards, it does not. */
  async values(model: TenantModel, tenantId: string): Promise<Row> {
    return this.#find(model, tenantId, async (row) => {
      const { text, parameters } = insertOf(model, row);
      await this.sql(
        `WITH tried AS (${text} RETURNING 1) SELECT 1 / (SELECT count(*) FROM tried WHERE false)`,
        parameters,
      ).catch((error: unknown) => {
        // The division by zero undoes the insert: everything else about it was right.
        if (!(error instanceof pg.DatabaseError && error.code === '22012')) throw error;
      });
    });
  }

  /** Inserts a row and returns its values. */
  async insert(model: TenantModel, tenantId: string): Promise<Row> {
    return this.#find(model, tenantId, async (row) => {
      const { text, parameters } = insertOf(model, row);
      await this.sql(text, parameters);
    });
  }

  async #find(model: TenantModel, tenantId: string, attempt: (row: Row) => Promise<void>): Promise<Row> {
    const references = await this.#references(model, tenantId);
    const free = model.columns.filter(
      (column) => isNeeded(column, model) && column.name !== 'tenant_id' && !(column.name in references),
    );
    const choices = new Map(free.map((column) => [column.name, candidates(column, model.checks)]));
    const odd = free.find((column) => choices.get(column.name)!.length === 0);
    if (odd)
      throw new Error(
        `${model.table} is not covered: no values are known for ${odd.name} of type ${odd.type}. Teach test/isolation/matrix/row-maker.ts.`,
      );
    const picked = new Map(free.map((column) => [column.name, 0]));
    let reason: unknown;
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      const row: Row = { tenant_id: tenantId, ...references };
      for (const [name, index] of picked) row[name] = choices.get(name)![index];
      try {
        await attempt(row);
        return row;
      } catch (error) {
        reason = error;
        const column = culprits(error, model).find(
          (name) => picked.has(name) && picked.get(name)! + 1 < choices.get(name)!.length,
        );
        if (!column) break;
        picked.set(column, picked.get(column)! + 1);
      }
    }
    throw new Error(
      `${model.table} is not covered: no row could be made for it (${reason instanceof Error ? reason.message : String(reason)}).`,
    );
  }

  /** Rows for the foreign keys that a row cannot do without. */
  async #references(model: TenantModel, tenantId: string): Promise<Row> {
    const row: Row = {};
    for (const { table, columns } of model.foreignKeys) {
      const needed = columns.some(([column]) =>
        isNeeded(
          model.columns.find(({ name }) => name === column)!,
          model,
        ),
      );
      if (!needed) continue;
      const parent = this.models.find((candidate) => candidate.table === table);
      if (!parent) throw new Error(`${model.table} is not covered: it refers to ${table}, which is no tenant table.`);
      const parentRow = await this.insert(parent, tenantId);
      for (const [here, there] of columns) row[here] = parentRow[there];
    }
    return row;
  }
}

export function insertOf(model: TenantModel, row: Row): { text: string; parameters: unknown[] } {
  const names = Object.keys(row);
  return {
    text: `INSERT INTO "${model.table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    parameters: Object.values(row),
  };
}

/** The row as Prisma's `data`: its own names, and values of its own types. */
export function dataOf(model: TenantModel, row: Row): Row {
  const entries = Object.entries(row).map(([name, value]) => {
    const column = model.columns.find((candidate) => candidate.name === name)!;
    if (/^jsonb?$/.test(column.type)) return [column.field, JSON.parse(value as string)];
    if (column.type.endsWith('[]')) return [column.field, []];
    return [column.field, value];
  });
  return Object.fromEntries(entries) as Row;
}
