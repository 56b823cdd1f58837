/** A body in the format of another system, of which nothing is known except that it is an object. */
export type Foreign = Record<string, unknown>;

export function isForeign(value: unknown): value is Foreign {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value if it is a text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Removes keys whose value is undefined, which would be reported as unknown. */
export function withoutUndefined(object: Foreign): Foreign {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Returns the non-empty values of `source` whose keys were not read. */
export function leftOver(source: Foreign, read: ReadonlySet<string>): Foreign {
  return Object.fromEntries(Object.entries(source).filter(([key, value]) => !read.has(key) && saysSomething(value)));
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
