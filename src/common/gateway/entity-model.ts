/** Column types that matter for filters and sorting. */
export type FieldType = 'text' | 'uuid' | 'int' | 'bigint' | 'float' | 'bool' | 'timestamp' | 'json' | 'other';

export interface EntityField {
  /** Name in Prisma. */
  readonly name: string;
  readonly type: FieldType;
  readonly isNullable: boolean;
  /** Name in the database. */
  readonly column: string;
  /** True for columns of variable size: JSON, text and arrays. Lists include only their small values. */
  readonly isLarge: boolean;
}

/** A model, combined from Prisma's metadata and the database catalog. */
export interface EntityModel {
  /** For example `User`. */
  readonly name: string;
  /** Property of the Prisma client: `user`. */
  readonly delegate: string;
  /** Name in the database. */
  readonly table: string;
  readonly fields: ReadonlyMap<string, EntityField>;
  /** The primary key without the tenant, which is added automatically: `['id']`, `['username']`. */
  readonly key: readonly string[];
}

/** PostgreSQL types that can be filtered and sorted by; all others are `other`. */
const TYPES: Record<string, FieldType> = {
  text: 'text',
  varchar: 'text',
  uuid: 'uuid',
  int2: 'int',
  int4: 'int',
  int8: 'bigint',
  float4: 'float',
  float8: 'float',
  bool: 'bool',
  timestamptz: 'timestamp',
  jsonb: 'json',
};

export function fieldTypeOf(sqlType: string): FieldType {
  return TYPES[sqlType] ?? 'other';
}

/** Converts `ApiKey` to `api_key`, the form used in error codes and messages. */
export function nounOf({ name }: Pick<EntityModel, 'name'>): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}

/** The readable columns of a row, by Prisma's names. */
export type EntityRow = Record<string, unknown>;
