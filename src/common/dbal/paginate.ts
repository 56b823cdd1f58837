import { boundedCache } from '../caching/bounded-cache.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';

const MAX_REMEMBERED = 5000;
/** Longer ones are not asked twice. */
const MAX_KEY_LENGTH = 300;

/** Totals that were counted, by list. Only to foresee whether one will be needed: none of them is ever an answer. */
const remembered = boundedCache<number>({ max: MAX_REMEMBERED });

export interface Slice {
  skip: number;
  take: number;
  /** The list a cursor belongs to: a name and the filter, in plain values. */
  list?: readonly [name: string, ...filter: unknown[]];
}

/**
 * One page and the number of rows in all: `paginate(slice, () => labels.findMany(…), () => labels.count(…))`. A page that ends the list
 * tells the total by itself, and nothing is counted. Where the list went on when it was read before, the total is asked for at the same
 * moment as the page, so that both go to the database in one round trip.
 * @param complete what else the rows need; it is asked for at the same moment as a total that was not foreseen.
 */
export async function paginate<Found, Row = Found>(
  { skip, take, list }: Slice,
  findRows: () => PromiseLike<Found[]>,
  count: () => PromiseLike<number>,
  complete: (rows: Found[]) => PromiseLike<Row[]> = (rows) => Promise.resolve(rows as unknown as Row[]),
): Promise<{ rows: Row[]; total: number }> {
  const key = list && keyOf(list);
  const before = key === undefined ? undefined : remembered.get(key);
  const endsTheList = (rows: number): boolean => rows < take && (rows > 0 || skip === 0);
  const isForeseen = before !== undefined && !endsTheList(Math.min(Math.max(before - skip, 0), take));

  const [found, foreseen] = await Promise.all([findRows(), isForeseen ? count() : undefined]);
  const known = endsTheList(found.length) ? skip + found.length : foreseen;
  const [total, rows] = await Promise.all([known ?? count(), complete(found)]);
  if (key !== undefined && (before !== undefined || known === undefined)) remembered.set(key, total);
  return { rows, total };
}

/** The same filter in another tenant is another list. */
function keyOf(list: readonly unknown[]): string | undefined {
  const key = JSON.stringify([currentTenantScope()?.tenantId, ...list]);
  return key.length <= MAX_KEY_LENGTH ? key : undefined;
}
