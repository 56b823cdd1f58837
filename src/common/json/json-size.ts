/** Overhead in bytes, in addition to the text of values. */
interface Costs {
  /** For each list or object. */
  container: number;
  /** For each list item or object member, in addition to its key. */
  item: number;
}

const AS_JSON: Costs = { container: 2, item: 1 };
/** Approximate size in V8: a slot per item and a header per list and object. */
const IN_MEMORY: Costs = { container: 24, item: 8 };

/**
 * Returns the size of a value as JSON in UTF-8 bytes without creating the text; escapes count as the characters they
 * represent. Counting stops above `limit`, and the result is then any value above it.
 */
export function jsonSize(value: unknown, limit = Infinity): number {
  return count(value, limit, AS_JSON);
}

/**
 * True if the JSON of a value has more than `limit` bytes. Avoids creating a text much longer than that. May be true
 * for a few bytes less.
 */
export function isLargeJson(value: unknown, limit: number): boolean {
  return jsonSize(value, limit) > limit || Buffer.byteLength(JSON.stringify(value)) > limit;
}

/** Estimates the memory in bytes that a JSON value takes. Counting stops above `limit`, as in `jsonSize`. */
export function memorySize(value: unknown, limit = Infinity): number {
  return count(value, limit, IN_MEMORY);
}

const { isArray } = Array;
const { keys: keysOf } = Object;

interface Open {
  container: Readonly<Record<string | number, unknown>>;
  /** Present for an object. Its values are looked up one by one, because counting may stop long before the last. */
  keys: readonly string[] | undefined;
  length: number;
  at: number;
}

/** Iterative, because a value may be nested a hundred thousand levels deep. */
function count(value: unknown, limit: number, costs: Costs): number {
  let bytes = sizeOfScalar(value, limit, costs);
  const path: Open[] = [];
  const open = (container: unknown): void => {
    if (typeof container !== 'object' || container === null) return;
    const keys = isArray(container) ? undefined : keysOf(container);
    const { length } = keys ?? (container as unknown[]);
    if (length > 0) path.push({ container: container as Record<string | number, unknown>, keys, length, at: 0 });
  };
  open(value);
  for (let top = path.at(-1); top && bytes <= limit; top = path.at(-1)) {
    if (top.at >= top.length) {
      path.pop();
      continue;
    }
    const key = top.keys?.[top.at];
    const item = top.container[key ?? top.at];
    top.at += 1;
    bytes += costs.item + sizeOfScalar(item, limit, costs);
    if (key !== undefined) bytes += 3 + key.length;
    open(item);
  }
  return bytes;
}

function sizeOfScalar(value: unknown, limit: number, costs: Costs): number {
  switch (typeof value) {
    case 'string':
      return 2 + (value.length > limit ? value.length : Buffer.byteLength(value));
    case 'number':
      return String(value).length;
    case 'boolean':
      return 5;
    case 'bigint':
      return 20;
    default:
      return value === null || typeof value !== 'object' ? 4 : costs.container;
  }
}
