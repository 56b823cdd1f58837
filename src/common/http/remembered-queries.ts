import { LRUCache } from 'lru-cache';

type QueryClass = abstract new (...args: never[]) => object;

const MAX_PER_CLASS = 200;
const MAX_CLASSES = 500;
/** Longer queries are not remembered. */
const MAX_KEY_LENGTH = 200;

/**
 * Remembers queries that passed validation. The same few queries recur (`?limit=20`), and their rules depend only on
 * their text, so each is validated once. Rejected queries are not remembered, nor those with more than plain values.
 */
export class RememberedQueries {
  readonly #classes = new LRUCache<QueryClass, LRUCache<string, object>>({ max: MAX_CLASSES });

  /**
   * Returns a new instance of `type` for `query`, made by `judge` or copied from an earlier result. @throws any error
   * of `judge`.
   */
  async get(type: QueryClass, query: unknown, judge: () => unknown): Promise<unknown> {
    const key = JSON.stringify(query);
    if (key.length > MAX_KEY_LENGTH) return judge();
    let known = this.#classes.get(type);
    if (!known) this.#classes.set(type, (known = new LRUCache({ max: MAX_PER_CLASS })));
    const remembered = known.get(key);
    if (remembered) return copyOf(remembered);
    const judged: unknown = await judge();
    if (judged instanceof type && holdsPlainValues(judged)) known.set(key, copyOf(judged));
    return judged;
  }
}

function copyOf(instance: object): object {
  const copy = Object.create(Object.getPrototypeOf(instance) as object) as Record<string, unknown>;
  for (const [name, value] of Object.entries(instance))
    copy[name] = Array.isArray(value) ? [...(value as unknown[])] : value;
  return copy;
}

function holdsPlainValues(instance: object): boolean {
  return Object.values(instance).every((value: unknown) =>
    Array.isArray(value) ? value.every((item) => !isObject(item)) : !isObject(value),
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
