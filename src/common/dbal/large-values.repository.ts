import { Prisma } from '../../generated/prisma/client.js';
import { MAX_LISTED_BYTES, MAX_LISTED_VALUE_BYTES } from '../contracts/answer-limits.js';
import type { Listed } from './large-values.types.js';

/** Free-size columns (JSON, long text) of a table. All names come from the schema, never from a caller. */
export interface LargeColumns {
  table: string;
  /** The primary key without the tenant. */
  key: readonly { name: string; column: string; type: 'uuid' | 'text' | 'int' | 'bigint' }[];
  /** Maps property names of the rows to columns. */
  columns: Readonly<Record<string, string>>;
}

/** Describes a table whose key is `id`. */
export function largeColumns(table: string, columns: Readonly<Record<string, string>>): LargeColumns {
  return { table, key: [{ name: 'id', column: 'id', type: 'uuid' }], columns };
}

interface Client {
  $queryRaw<T>(query: Prisma.Sql): PromiseLike<T>;
}

/**
 * Adds the large columns to rows that were read without them: values up to `MAX_LISTED_VALUE_BYTES` each, until
 * `MAX_LISTED_BYTES` is reached. Larger values never leave the database. The total is counted as JSON, in which text
 * may take six times its bytes.
 */
export async function withLargeValues<Row extends object, Full extends object, Large extends keyof Full & string>(
  client: Client,
  { table, key, columns }: LargeColumns,
  rows: Row[],
): Promise<Listed<Full, Large>[]> {
  const names = Object.keys(columns);
  if (rows.length === 0 || names.length === 0) return rows as unknown as Listed<Full, Large>[];
  const list = (part: (name: string, n: number) => Prisma.Sql, by = ', '): Prisma.Sql =>
    Prisma.join(names.map(part), by);
  const value = (n: number): Prisma.Sql => Prisma.raw(`value_${n}`);
  const bytes = (n: number): Prisma.Sql => Prisma.raw(`bytes_${n}`);
  const isShown = (n: number): Prisma.Sql =>
    Prisma.sql`${bytes(n)} <= ${MAX_LISTED_VALUE_BYTES} AND together <= ${MAX_LISTED_BYTES}`;

  const found = await client.$queryRaw<
    ({ place: number; omitted: string[] } & Record<string, unknown>)[]
  >(Prisma.sql`SELECT place::integer AS place, ${list((name, n) => Prisma.sql`CASE WHEN ${isShown(n)} THEN ${value(n)} END AS ${quoted(name)}`)},
      array_remove(ARRAY[${list((name, n) => Prisma.sql`CASE WHEN ${bytes(n)} IS NOT NULL AND NOT (${isShown(n)}) THEN ${name}::text END`)}]::text[], NULL) AS omitted
    FROM (
      SELECT *, sum(${list((_, n) => Prisma.sql`CASE WHEN ${bytes(n)} <= ${MAX_LISTED_VALUE_BYTES} THEN octet_length(to_json(${value(n)})::text) ELSE 0 END`, ' + ')})
        OVER (ORDER BY place) AS together
      FROM (
        SELECT wanted.place, ${list((name, n) => Prisma.sql`large.${quoted(columns[name]!)} AS ${value(n)}`)},
          ${list((name, n) => Prisma.sql`octet_length(large.${quoted(columns[name]!)}::text) AS ${bytes(n)}`)}
        FROM ${wantedRows(key, rows)}
        JOIN ${quoted(table)} large ON ${Prisma.join(
          key.map(
            ({ column, type }, n) => Prisma.sql`large.${quoted(column)} = wanted.${part(n)}::${Prisma.raw(type)}`,
          ),
          ' AND ',
        )} OFFSET 0
      ) measured
    ) counted`);
  const byPlace = new Map(found.map(({ place, ...rest }) => [place, rest]));
  // The row was deleted in the meantime, so its values cannot be shown.
  const gone = { ...Object.fromEntries(names.map((name) => [name, null])), omitted: names };
  return rows.map((row, index) => {
    const { omitted, ...values } = byPlace.get(index + 1) ?? gone;
    return { ...row, ...values, ...(omitted.length > 0 && { omitted }) } as unknown as Listed<Full, Large>;
  });
}

/** Returns the keys of the rows, numbered from 1 in their order. */
function wantedRows(key: LargeColumns['key'], rows: object[]): Prisma.Sql {
  const parts = key.map(({ name }) => {
    const values = rows.map((row) => String((row as Record<string, unknown>)[name]));
    return Prisma.sql`${values}::text[]`;
  });
  const names = Prisma.join(key.map((_, n) => part(n)));
  return Prisma.sql`unnest(${Prisma.join(parts)}) WITH ORDINALITY AS wanted (${names}, place)`;
}

const part = (n: number): Prisma.Sql => Prisma.raw(`key_${n}`);

function quoted(name: string): Prisma.Sql {
  return Prisma.raw(`"${name.replaceAll('"', '""')}"`);
}
