import { Prisma } from '../../generated/prisma/client.js';

/**
 * Condition for the rows after a position in `ORDER BY created_at DESC, id DESC`, with a leading `AND`. Compares rows,
 * so that an index ending in (created_at, id) starts at the position, however many rows precede it or share its time.
 */
export function behind(place: { createdAt: Date; id: string } | undefined): Prisma.Sql {
  if (!place) return Prisma.empty;
  return Prisma.sql`AND (created_at, id) < (${place.createdAt}::timestamptz, ${place.id}::uuid)`;
}

/** Condition for rows created from `from` (inclusive) to `to` (exclusive), with a leading `AND`; both are optional. */
export function madeBetween({ from, to }: { from?: Date; to?: Date }): Prisma.Sql {
  const since = from ? Prisma.sql`AND created_at >= ${from}::timestamptz` : Prisma.empty;
  return to ? Prisma.sql`${since} AND created_at < ${to}::timestamptz` : since;
}

/** `AND column = value` for each defined value. Column names come from the code, never from a caller. */
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
