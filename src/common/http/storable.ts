import { InvalidInputError } from '../errors/app-error.js';

const MAX_DEPTH = 100;

/**
 * Members of every JavaScript object. Libraries on the way skip or trip over them, so that they would be lost in silence.
 */
const RESERVED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** A container still to be looked into; pointers are put together only when something is wrong. */
interface Step {
  value: object;
  depth: number;
  key: string;
  parent?: Step;
}

/**
 * Refuses input that PostgreSQL cannot store or that would exhaust the stack of whoever walks it recursively:
 * NUL characters, halves of surrogate pairs, names such as `__proto__`, and nesting beyond 100 levels. Iterative for that reason.
 * @param prefix what a pointer starts with: `` for a body, `?` for a query, `:` for path parameters.
 * @throws InvalidInputError
 */
export function assertStorable(input: object, prefix: '' | '?' | ':' = ''): void {
  const pending: Step[] = [{ value: input, depth: 0, key: '' }];
  for (let step = pending.pop(); step; step = pending.pop()) {
    if (step.depth >= MAX_DEPTH) {
      throw refusal(`${prefix}`, `Nested deeper than ${MAX_DEPTH} levels.`, 'max_depth');
    }
    for (const [key, child] of Object.entries(step.value)) {
      if (!isText(key)) throw textRefusal(prefix, pointerOf(step));
      if (RESERVED.has(key)) throw nameRefusal(prefix, `${pointerOf(step)}/${key}`);
      if (typeof child === 'string') {
        if (!isText(child)) throw textRefusal(prefix, `${pointerOf(step)}/${escapePointer(key)}`);
      } else if (typeof child === 'object' && child !== null) {
        pending.push({ value: child as object, depth: step.depth + 1, key, parent: step });
      }
    }
  }
}

/** A key as a part of a JSON Pointer (RFC 6901). */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function pointerOf(step: Step): string {
  const keys: string[] = [];
  for (let at: Step | undefined = step; at?.parent; at = at.parent) keys.unshift(escapePointer(at.key));
  return keys.map((key) => `/${key}`).join('');
}

function textRefusal(prefix: string, pointer: string): InvalidInputError {
  return refusal(shownAs(prefix, pointer), 'Holds a NUL character or half of a surrogate pair.', 'text');
}

function nameRefusal(prefix: string, pointer: string): InvalidInputError {
  return refusal(shownAs(prefix, pointer), 'The name of this field is reserved.', 'reserved_name');
}

function shownAs(prefix: string, pointer: string): string {
  return prefix === '' ? pointer : prefix + pointer.slice(1);
}

function refusal(pointer: string, detail: string, code: string): InvalidInputError {
  return new InvalidInputError('The request holds something that cannot be stored.', [{ pointer, detail, code }]);
}
