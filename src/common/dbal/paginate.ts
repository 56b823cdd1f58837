/**
 * One page and the number of rows in all: `paginate(slice, () => labels.findMany(…), () => labels.count(…))`. A page that ends the list
 * tells the total by itself, and nothing is counted.
 */
export async function paginate<Row>(
  { skip, take }: { skip: number; take: number },
  findRows: () => PromiseLike<Row[]>,
  count: () => PromiseLike<number>,
): Promise<{ rows: Row[]; total: number }> {
  const rows = await findRows();
  const endsTheList = rows.length < take && (rows.length > 0 || skip === 0);
  return { rows, total: endsTheList ? skip + rows.length : await count() };
}
