/** One page and the number of rows in all, asked for at the same moment: `paginate(() => labels.findMany(…), () => labels.count(…))`. */
export async function paginate<Row>(
  findRows: () => PromiseLike<Row[]>,
  count: () => PromiseLike<number>,
): Promise<{ rows: Row[]; total: number }> {
  const [rows, total] = await Promise.all([findRows(), count()]);
  return { rows, total };
}
