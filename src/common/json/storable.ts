import { InvalidInputError } from '../errors/app-error.js';
import { escapePointer } from './json-pointer.js';

export { escapePointer };

const MAX_DEPTH = 100;
/**
 * Five bytes each in a body of 1 MiB: far more than legitimate bodies have, and still traversed within milliseconds.
 */
const MAX_VALUES = 200_000;

const { isArray } = Array;
const { keys: keysOf } = Object;

type Prefix = '' | '?' | ':';

/**
 * Rejects input that PostgreSQL cannot store or that would be too expensive to traverse: NUL characters, unpaired
 * surrogates, nesting beyond 100 levels, and more than 200,000 values. Keys may be any text, including `constructor`
 * and `__proto__`.
 * @param prefix start of the pointers: empty for a body, `?` for a query, `:` for path parameters.
 * @throws InvalidInputError
 */
export function assertStorable(input: object, prefix: Prefix = ''): void {
  new Walk(prefix).into(input);
}

/** Recursive, limited by the maximum nesting. Pointers are only built when there is a problem. */
class Walk {
  readonly #path: (string | number)[] = [];
  #left = MAX_VALUES;

  constructor(private readonly prefix: Prefix) {}

  into(container: object): void {
    if (this.#path.length >= MAX_DEPTH) {
      throw refusal(this.prefix, `Nested deeper than ${MAX_DEPTH} levels.`, 'max_depth');
    }
    if (isArray(container)) {
      this.#count(container.length);
      for (let index = 0; index < container.length; index += 1) this.#member(index, container[index]);
      return;
    }
    const keys = keysOf(container);
    this.#count(keys.length);
    for (const key of keys) {
      if (!isText(key)) throw this.#textRefusal();
      this.#member(key, (container as Record<string, unknown>)[key]);
    }
  }

  #member(key: string | number, value: unknown): void {
    if (typeof value === 'string') {
      if (!isText(value)) throw this.#textRefusal(key);
    } else if (typeof value === 'object' && value !== null) {
      this.#path.push(key);
      this.into(value);
      this.#path.pop();
    }
  }

  #count(values: number): void {
    this.#left -= values;
    if (this.#left < 0) throw refusal(this.prefix, `Contains more than ${MAX_VALUES} values.`, 'max_values');
  }

  #textRefusal(...key: (string | number)[]): InvalidInputError {
    const pointer = [...this.#path, ...key].map((part) => `/${escapePointer(String(part))}`).join('');
    const shown = this.prefix === '' ? pointer : this.prefix + pointer.slice(1);
    return refusal(shown, 'Contains a NUL character or half of a surrogate pair.', 'text');
  }
}

function isText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function refusal(pointer: string, detail: string, code: string): InvalidInputError {
  return new InvalidInputError('The request contains a value that cannot be stored.', [{ pointer, detail, code }]);
}
