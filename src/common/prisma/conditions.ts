import { Prisma } from '../../generated/prisma/client.js';

/**
 * `AND` the rows behind a place, for `ORDER BY created_at DESC, id DESC`. A comparison of rows: an index that ends in (created_at, id)
 * begins right there, however many rows come before it or were made at the same moment.
 */
export function behind(place: { createdAt: Date; id: string } | undefined): Prisma.Sql {
  if (!place) return Prisma.empty;
  return Prisma.sql`AND (created_at, id) < (${place.createdAt}::timestamptz, ${place.id}::uuid)`;
}

/** `AND` made from one moment on and before another, where they are given. */
export function madeBetween({ from, to }: { from?: Date; to?: Date }): Prisma.Sql {
  const since = from ? Prisma.sql`AND created_at >= ${from}::timestamptz` : Prisma.empty;
  return to ? Prisma.sql`${since} AND created_at < ${to}::timestamptz` : since;
}

/** `AND column = value` for those that are given. Columns are named by the code, never by a caller. */
export function equalTo(columns: Readonly<Record<string, Prisma.Sql | undefined>>): Prisma.Sql {
  const conditions = Object.entries(columns).map(([column, value]) =>
    value ? Prisma.sql`AND ${Prisma.raw(column)} = ${value}` : Prisma.empty,
  );
  return Prisma.join(conditions, ' ');
}

export function asText(value: string | undefined): Prisma.Sql | undefined {
  return value === undefined ? undefined : Prisma.sql`${value}::text`;
}

export function asUuid(value: string | undefined): Prisma.Sql | undefined {
  return value === undefined ? undefined : Prisma.sql`${value}::uuid`;
}
