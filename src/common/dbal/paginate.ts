/** What a Prisma model can do that `paginate` needs. */
interface Readable<Args, Where, Row> {
  findMany(args: Args & { where: Where; skip: number; take: number }): PromiseLike<Row[]>;
  count(args: { where: Where }): PromiseLike<number>;
}

/** One page of a model's rows, and how many there are in all: `paginate(prisma.label, { where, select, orderBy }, toSlice(query))`. */
export async function paginate<Args extends { where: Where }, Where, Row>(
  model: Readable<Args, Where, Row>,
  args: Args,
  slice: { skip: number; take: number },
): Promise<{ rows: Row[]; total: number }> {
  const [rows, total] = await Promise.all([model.findMany({ ...args, ...slice }), model.count({ where: args.where })]);
  return { rows, total };
}
