import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';
import { type EntityField, type EntityModel, fieldTypeOf } from './entity-model.js';

interface RuntimeModel {
  dbName?: string | null;
  fields: { name: string; kind: string; dbName?: string | null }[];
}

interface Column {
  table: string;
  name: string;
  type: string;
  nullable: boolean;
  /** Position in the primary key; null for other columns. */
  position: number | null;
}

/**
 * All models, with names from Prisma and types and keys from the database. Derived automatically, so new models are
 * included. Access is decided by the entity rules.
 */
@Injectable()
export class EntityCatalog {
  readonly #models = new Map<string, EntityModel>();

  constructor(private readonly platform: PlatformPrismaService) {}

  /** Called once at startup. @throws Error when a model has no table, which prevents the start. */
  async load(): Promise<void> {
    const columns = Map.groupBy(await this.#readColumns(), ({ table }) => table);
    for (const [name, model] of Object.entries(this.#runtimeModels())) {
      const table = model.dbName ?? name;
      this.#models.set(name, modelOf(name, table, model, columns.get(table) ?? []));
    }
  }

  find(name: string): EntityModel | undefined {
    return this.#models.get(name);
  }

  /** Returns every model of the schema, whether or not access to it is allowed. */
  all(): EntityModel[] {
    return [...this.#models.values()];
  }

  /** The catalog is readable by every role and the same for all tenants. */
  #readColumns(): Promise<Column[]> {
    return this.platform.$queryRaw<Column[]>`
      SELECT c.relname::text AS "table", a.attname::text AS name, t.typname::text AS type, NOT a.attnotnull AS nullable,
             array_position(i.indkey::int2[], a.attnum) AS position
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`;
  }

  /** A private API of the exactly pinned Prisma version; there is no public one at run time. */
  #runtimeModels(): Record<string, RuntimeModel> {
    const { _runtimeDataModel: model } = this.platform as unknown as {
      _runtimeDataModel?: { models: Record<string, RuntimeModel> };
    };
    if (!model) throw new Error("Prisma's internals have changed: its models cannot be read.");
    return model.models;
  }
}

function modelOf(name: string, table: string, model: RuntimeModel, columns: Column[]): EntityModel {
  const fields = new Map<string, EntityField>();
  const key: { field: string; position: number }[] = [];
  for (const { name: field, kind, dbName } of model.fields) {
    if (kind === 'object') continue;
    const column = columns.find((candidate) => candidate.name === (dbName ?? field));
    if (!column) throw new Error(`${name}.${field} has no column: have all migrations been applied?`);
    const type = fieldTypeOf(column.type);
    const isLarge = column.position === null && (type === 'text' || type === 'json' || column.type.startsWith('_'));
    fields.set(field, { name: field, type, isNullable: column.nullable, column: column.name, isLarge });
    if (column.position !== null && column.name !== 'tenant_id') key.push({ field, position: column.position });
  }
  key.sort((one, other) => one.position - other.position);
  return {
    name,
    delegate: name[0]!.toLowerCase() + name.slice(1),
    table,
    fields,
    key: key.map(({ field }) => field),
  };
}
