/** The type of a column for filters and sorting. */
export type FieldType = 'text' | 'uuid' | 'int' | 'bigint' | 'float' | 'bool' | 'timestamp' | 'json' | 'other';

export interface EntityField {
  /** Prisma's name. */
  readonly name: string;
  readonly type: FieldType;
  readonly isNullable: boolean;
  /** The database's name. */
  readonly column: string;
  /** Columns of variable size: JSON, texts and lists. Lists of rows only show small values of them. */
  readonly isLarge: boolean;
}

/** A model as Prisma and the database's catalog know it together. */
export interface EntityModel {
  /** `User`. */
  readonly name: string;
  /** The client's property: `user`. */
  readonly delegate: string;
  /** The database's name. */
  readonly table: string;
  readonly fields: ReadonlyMap<string, EntityField>;
  /** The primary key without the tenant, which is added by itself: `['id']`, `['username']`. */
  readonly key: readonly string[];
}

/** PostgreSQL's types by what they hold; all others can neither be filtered nor sorted by. */
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

/** `ApiKey` as people and error codes call it: `api_key`. */
export function nounOf({ name }: Pick<EntityModel, 'name'>): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}

/** Columns that may be shown, by Prisma's names. */
export type EntityRow = Record<string, unknown>;
