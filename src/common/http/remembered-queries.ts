import { LRUCache } from 'lru-cache';

type QueryClass = abstract new (...args: never[]) => object;

const MAX_PER_CLASS = 200;
const MAX_CLASSES = 500;
/** Longer ones are not asked twice. */
const MAX_KEY_LENGTH = 200;

/**
 * What has passed validation once. The same few queries come again and again (`?limit=20`), and their rules look at nothing but
 * their text; so only the first of each is judged. Refusals are not kept, nor what holds more than plain values.
 */
export class RememberedQueries {
  readonly #classes = new LRUCache<QueryClass, LRUCache<string, object>>({ max: MAX_CLASSES });

  /** A fresh instance of `type` for `query`, from `judge` or like one that it gave before. @throws whatever `judge` throws. */
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
