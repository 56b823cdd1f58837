/** A text for `contains` and `startsWith`: Prisma hands it to LIKE as it is. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

/**
 * Conditions for `AND`: every word of `search` occurs in one of the columns at least, in any case. None without words.
 * @param columns of text, by Prisma's names.
 */
export function everyWordIn<Column extends string>(
  search: string | undefined,
  columns: readonly Column[],
): { OR: Partial<Record<Column, { contains: string; mode: 'insensitive' }>>[] }[] {
  const words = search?.split(/\s+/).filter(Boolean) ?? [];
  return words.map((word) => {
    const condition = { contains: escapeLike(word), mode: 'insensitive' as const };
    return {
      OR: columns.map((column) => ({ [column]: condition }) as Partial<Record<Column, typeof condition>>),
    };
  });
}
