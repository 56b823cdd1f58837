/** A body in a form of another system: nothing about it is known but that it is an object. */
export type Foreign = Record<string, unknown>;

export function isForeign(value: unknown): value is Foreign {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Its text, if it is one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Only what is there: a key without a value would count as one that nobody knows. */
export function withoutUndefined(object: Foreign): Foreign {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** The non-empty values of `source` whose keys were not read. */
export function leftOver(source: Foreign, read: ReadonlySet<string>): Foreign {
  return Object.fromEntries(Object.entries(source).filter(([key, value]) => !read.has(key) && saysSomething(value)));
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
