/**
 * One page and the number of rows in all: `paginate(slice, () => labels.findMany(…), () => labels.count(…))`. A page that ends the list
 * tells the total by itself, and nothing is counted.
 * @param complete what else the rows need; it is asked for at the same moment as the total.
 */
export async function paginate<Found, Row = Found>(
  { skip, take }: { skip: number; take: number },
  findRows: () => PromiseLike<Found[]>,
  count: () => PromiseLike<number>,
  complete: (rows: Found[]) => PromiseLike<Row[]> = (rows) => Promise.resolve(rows as unknown as Row[]),
): Promise<{ rows: Row[]; total: number }> {
  const found = await findRows();
  const endsTheList = found.length < take && (found.length > 0 || skip === 0);
  const [total, rows] = await Promise.all([endsTheList ? skip + found.length : count(), complete(found)]);
  return { rows, total };
}
