import { boundedCache } from '../caching/bounded-cache.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';

const MAX_REMEMBERED = 5000;
/** Longer keys are not remembered. */
const MAX_KEY_LENGTH = 300;

/** Known totals by list. Used only to predict whether a count will be needed, never as a result. */
const remembered = boundedCache<number>({ max: MAX_REMEMBERED });

export interface Slice {
  skip: number;
  take: number;
  /** Identifies the list: a name and its filter, in plain values. */
  list?: readonly [name: string, ...filter: unknown[]];
}

/**
 * Reads one page and the total number of rows: `paginate(slice, () => labels.findMany(…), () => labels.count(…))`. The
 * last page implies the total, so nothing is counted. If an earlier read showed that the list continues, the count is
 * sent together with the page, in one round trip.
 * @param complete loads what else the rows need; runs together with a count that was not predicted.
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

/** Includes the tenant: the same filter in another tenant is a different list. */
function keyOf(list: readonly unknown[]): string | undefined {
  const key = JSON.stringify([currentTenantScope()?.tenantId, ...list]);
  return key.length <= MAX_KEY_LENGTH ? key : undefined;
}
