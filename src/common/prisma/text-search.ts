import { searchSpellings } from '../values/email-address.js';

/** Escapes text for `contains` and `startsWith`, since Prisma passes it to LIKE unchanged. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

/**
 * Returns conditions for `AND`: every word of `search` occurs in at least one of the columns, ignoring case and
 * spelling variants. Empty if there are no words.
 * @param columns text columns, by Prisma's names.
 */
export function everyWordIn<Column extends string>(
  search: string | undefined,
  columns: readonly Column[],
): { OR: Partial<Record<Column, { contains: string; mode: 'insensitive' }>>[] }[] {
  const words = search?.split(/\s+/).filter(Boolean) ?? [];
  return words.map((word) => {
    const conditions = searchSpellings(word).map((spelling) => ({
      contains: escapeLike(spelling),
      mode: 'insensitive' as const,
    }));
    return {
      OR: columns.flatMap((column) =>
        conditions.map((condition) => ({ [column]: condition }) as Partial<Record<Column, typeof condition>>),
      ),
    };
  });
}
