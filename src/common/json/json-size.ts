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
const { keys: keysOf, values: valuesOf } = Object;

interface Open {
  items: readonly unknown[];
  /** Present for an object. */
  keys?: readonly string[];
  at: number;
}

/** Iterative, because a value may be nested a hundred thousand levels deep. */
function count(value: unknown, limit: number, costs: Costs): number {
  let bytes = sizeOfScalar(value, limit, costs);
  const path: Open[] = [];
  const open = (container: unknown): void => {
    if (typeof container !== 'object' || container === null) return;
    if (isArray(container)) path.push({ items: container, at: 0 });
    else path.push({ items: valuesOf(container), keys: keysOf(container), at: 0 });
  };
  open(value);
  for (let top = path.at(-1); top && bytes <= limit; top = path.at(-1)) {
    if (top.at >= top.items.length) {
      path.pop();
      continue;
    }
    const item = top.items[top.at];
    const key = top.keys?.[top.at];
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
