import type { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { GLOBAL_TABLES } from '../catalog-gate.js';
import type { TenancyHarness } from '../tenancy-harness.js';

export interface Column {
  /** Name in the database, and Prisma's name for it. */
  name: string;
  field: string;
  type: string;
  required: boolean;
  hasDefault: boolean;
}

export interface ForeignKey {
  table: string;
  /** Column here → column there, without tenant_id. */
  columns: [string, string][];
}

export interface Check {
  name: string;
  columns: string[];
  definition: string;
}

/** A tenant table as Prisma and the database's catalog know it. Nothing here is written by hand for a model. */
export interface TenantModel {
  model: string;
  /** `prisma[delegate]`. */
  delegate: string;
  table: string;
  columns: Column[];
  /** Columns of the primary key without tenant_id. */
  key: string[];
  foreignKeys: ForeignKey[];
  checks: Check[];
  uniques: string[][];
  /** What the application's role may do: of SELECT, INSERT, UPDATE, DELETE. */
  privileges: Set<string>;
}

interface RuntimeField {
  name: string;
  kind: string;
  dbName?: string;
}

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attnotnull AS required, d.oid IS NOT NULL AS "hasDefault"
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY a.attnum`;
const CONSTRAINTS = `
  SELECT c.relname AS table, k.contype AS kind, k.conname AS name, pg_get_constraintdef(k.oid) AS definition, p.relname AS parent,
    ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, i) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY i) AS columns,
    ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, i) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY i) AS "parentColumns"
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class p ON p.oid = k.confrelid
  WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('p', 'f', 'c')`;
const UNIQUES = `
  SELECT c.relname AS table, ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY u(n, o) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.n ORDER BY o) AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique`;
const PRIVILEGES = `
  SELECT c.relname AS table, ARRAY(SELECT p FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) p WHERE has_table_privilege('tenantry_app', c.oid, p)) AS privileges
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`;

const isTenant = (column: string): boolean => column === 'tenant_id';

/** Every model of a tenant table, in alphabetical order. */
export async function tenantModels({ prisma, sql }: Pick<TenancyHarness, 'prisma' | 'sql'>): Promise<TenantModel[]> {
  const [columns, constraints, uniques, privileges] = await Promise.all([
    sql<Column & { table: string }>(COLUMNS),
    sql<{
      table: string;
      kind: string;
      name: string;
      definition: string;
      parent: string;
      columns: string[];
      parentColumns: string[];
    }>(CONSTRAINTS),
    sql<{ table: string; columns: string[] }>(UNIQUES),
    sql<{ table: string; privileges: string[] }>(PRIVILEGES),
  ]);
  return Object.entries(runtimeModels(prisma))
    .map(([model, { dbName, fields }]) => {
      const table = dbName ?? model;
      const fieldOf = new Map(
        fields.filter((field) => field.kind !== 'object').map((field) => [field.dbName ?? field.name, field.name]),
      );
      const own = constraints.filter((constraint) => constraint.table === table);
      return {
        model,
        delegate: model[0]!.toLowerCase() + model.slice(1),
        table,
        columns: columns
          .filter((column) => column.table === table)
          .map((column) => ({ ...column, field: fieldOf.get(column.name) ?? column.name })),
        key: own.find((constraint) => constraint.kind === 'p')?.columns.filter((column) => !isTenant(column)) ?? [],
        foreignKeys: own
          .filter((constraint) => constraint.kind === 'f' && !GLOBAL_TABLES.includes(constraint.parent))
          .map(({ parent, columns: here, parentColumns }) => ({
            table: parent,
            columns: here
              .map((column, index): [string, string] => [column, parentColumns[index]!])
              .filter(([column]) => !isTenant(column)),
          })),
        checks: own.filter((constraint) => constraint.kind === 'c'),
        uniques: uniques
          .filter((index) => index.table === table)
          .map((index) => index.columns.filter((column) => !isTenant(column))),
        privileges: new Set(privileges.find((row) => row.table === table)?.privileges),
      };
    })
    .filter(({ table }) => !GLOBAL_TABLES.includes(table))
    .sort((x, y) => x.model.localeCompare(y.model));
}

function runtimeModels(prisma: PrismaService): Record<string, { dbName?: string; fields: RuntimeField[] }> {
  return (
    prisma as unknown as { _runtimeDataModel: { models: Record<string, { dbName?: string; fields: RuntimeField[] }> } }
  )._runtimeDataModel.models;
}
