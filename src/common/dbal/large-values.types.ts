/** Of a list: values that are too large to be in it are null, and named in `omitted`, which is absent where there are none. */
export type Listed<Row, Large extends keyof Row> = Omit<Row, Large> & { [Name in Large]: Row[Name] | null } & {
  omitted?: string[];
};
