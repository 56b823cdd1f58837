import { searchSpellings } from '../values/email-address.js';
import { Prisma } from '../../generated/prisma/client.js';

interface Client {
  $queryRaw<T>(query: Prisma.Sql): PromiseLike<T>;
}

export interface Search {
  /** The table, with a column `search_text` as `app.search_text()` makes it. A name of the schema's. */
  table: string;
  /** Every word occurs in one of the columns at least, in any case and any of its spellings. */
  search: string;
  /** More conditions, each with `AND` in front. */
  where: Prisma.Sql;
  /** As `parseSort` makes it. Columns are named as Prisma names them, in snake_case. */
  orderBy: readonly Partial<Record<string, 'asc' | 'desc'>>[];
  skip: number;
  take: number;
}

/** Ids of one page of what was found, in order, and how much was found. Every row is read once. */
export async function searchPage(
  client: Client,
  { table, search, where, orderBy, skip, take }: Search,
): Promise<{ ids: string[]; total: number }> {
  const words = search.split(/\s+/).filter(Boolean);
  const occurs = (text: string): Prisma.Sql => Prisma.sql`strpos(search_text, lower(${text}::text)) > 0`;
  const occur = words.map((word) => Prisma.sql`AND (${Prisma.join(searchSpellings(word).map(occurs), ' OR ')})`);
  const terms = orderBy
    .flatMap((order) => Object.entries(order))
    .map(([name, way]) => ({ column: snakeCase(name), way }));
  const columns = [...new Set(['id', ...terms.map(({ column }) => column)])];
  const order = terms.map(({ column, way }) => `${column} ${way === 'desc' ? 'DESC' : 'ASC'}`).join(', ');
  const [row] = await client.$queryRaw<{ ids: string[]; total: number }[]>(Prisma.sql`
    WITH found AS MATERIALIZED (
      SELECT ${Prisma.raw(columns.join(', '))} FROM ${Prisma.raw(table)} WHERE true ${Prisma.join(occur, ' ', ' ')} ${where}
    ) SELECT ARRAY(SELECT id::text FROM found ORDER BY ${Prisma.raw(order)} LIMIT ${take} OFFSET ${skip}) AS ids,
      (SELECT count(*)::integer FROM found) AS total`);
  return row!;
}

function snakeCase(name: string): string {
  if (!/^[a-zA-Z]+$/.test(name)) throw new Error(`${name} is not a column name.`);
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
