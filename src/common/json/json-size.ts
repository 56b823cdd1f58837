/** Bytes that values count beside their text. */
interface Costs {
  /** A list or an object by itself. */
  container: number;
  /** An item of a list, or a member of an object beside its key. */
  item: number;
}

const AS_JSON: Costs = { container: 2, item: 1 };
/** Approximate size in V8: a slot per item, a header per list and object. */
const IN_MEMORY: Costs = { container: 24, item: 8 };

/**
 * How large a value is as JSON in UTF-8, in bytes, without making that text: escapes count as what they stand for. Counting stops as
 * soon as it is beyond `limit`; what is returned then is anything above it.
 */
export function jsonSize(value: unknown, limit = Infinity): number {
  return count(value, limit, AS_JSON);
}

/** Whether the text of a value has more than `limit` bytes. A text much longer than that is not made. May be true for a few bytes less. */
export function isLargeJson(value: unknown, limit: number): boolean {
  return jsonSize(value, limit) > limit || Buffer.byteLength(JSON.stringify(value)) > limit;
}

/** Bytes of memory that a value of JSON takes, roughly. Counting stops beyond `limit`, as in `jsonSize`. */
export function memorySize(value: unknown, limit = Infinity): number {
  return count(value, limit, IN_MEMORY);
}

const { isArray } = Array;
const { keys: keysOf, values: valuesOf } = Object;

interface Open {
  items: readonly unknown[];
  /** Of an object. */
  keys?: readonly string[];
  at: number;
}

/** Iterative: a value may be nested a hundred thousand times. */
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
