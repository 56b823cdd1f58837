/** A row of a list: values that are too large are null and named in `omitted`, which is absent if there are none. */
export type Listed<Row, Large extends keyof Row> = Omit<Row, Large> & { [Name in Large]: Row[Name] | null } & {
  omitted?: string[];
};
