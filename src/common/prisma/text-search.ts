import { searchSpellings } from '../values/email-address.js';

/** A text for `contains` and `startsWith`: Prisma hands it to LIKE as it is. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

/**
 * Conditions for `AND`: every word of `search` occurs in one of the columns at least, in any case and any of its spellings. None without words.
 * @param columns of text, by Prisma's names.
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
