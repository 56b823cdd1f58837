import { type Context, createContext, Script } from 'node:vm';
import type { SandboxProblem, SandboxRequest } from './sandbox-protocol.types.js';

// Runs inside sandbox processes, as TypeScript in tests: erasable syntax only, and only type imports.

type JsonataRequest = Extract<SandboxRequest, { kind: 'jsonata' }>;

export type JsonataEnd =
  | { readonly type: 'value'; /** JSON. */ readonly json: string }
  | { readonly type: 'error'; readonly kind: 'syntax' | 'runtime'; readonly message: string };

/**
 * The library expects these from a browser or Node, and its realm here has neither. Like Node's, they take characters
 * above 255 modulo 256.
 */
const BASE64 = `
var window = (function () {
  'use strict';
  const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return {
    btoa(text) {
      if (text.length > 1048576) throw { message: 'A text of more than 1048576 characters cannot be encoded.' };
      let encoded = '';
      for (let at = 0; at < text.length; at += 3) {
        const [a, b, c] = [0, 1, 2].map((n) => text.charCodeAt(at + n) & 255);
        const digits = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
        encoded += digits.map((digit, n) => (at + n > text.length ? '=' : DIGITS[digit])).join('');
      }
      return encoded;
    },
    atob(text) {
      let decoded = '';
      let bits = 0;
      let count = 0;
      for (const character of text.replaceAll('-', '+').replaceAll('_', '/')) {
        const digit = DIGITS.indexOf(character);
        if (digit < 0) continue;
        bits = ((bits << 6) | digit) & 0xffff;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        decoded += String.fromCharCode((bits >> count) & 255);
      }
      return decoded;
    },
  };
})();
`;

/**
 * Bounds the built-ins that create a large value in one step, as the library uses them: `&` is `concat`, `$pad` and
 * `$join` are `join`, `$string` is `stringify`. V8 limits its heap, but allocates one large value before it checks.
 */
const BOUNDS = `
(function () {
  'use strict';
  // Then it is a key like any other, also where the library assigns.
  delete Object.prototype.__proto__;
  const MAX_TEXT = 4194304;
  const MAX_ITEMS = 1000000;
  const { apply } = Reflect;
  const refuse = (what) => {
    throw { message: what };
  };
  const assertText = (length) => length <= MAX_TEXT || refuse('A text is longer than ' + MAX_TEXT + ' characters.');
  const lengthOf = (value) => (typeof value === 'string' ? value.length : value === null || value === undefined ? 0 : 16);
  const redefine = (object, name, make) => {
    const known = object[name];
    Object.defineProperty(object, name, { value: make(known), writable: false, configurable: false });
  };
  redefine(String.prototype, 'concat', (known) => function (...others) {
    let length = this.length;
    for (const other of others) length += lengthOf(other);
    assertText(length);
    return apply(known, this, others);
  });
  redefine(Array.prototype, 'join', (known) => function (separator = ',') {
    let length = (this.length - 1) * lengthOf(separator);
    assertText(length);
    // By index: it is called often, and iterators take ten times as long.
    for (let index = 0; index < this.length; index += 1) assertText((length += lengthOf(this[index])));
    return apply(known, this, [separator]);
  });
  redefine(String.prototype, 'split', (known) => function (separator, limit = MAX_ITEMS + 1) {
    const parts = apply(known, this, [separator, limit]);
    return parts.length > MAX_ITEMS ? refuse('A list is longer than ' + MAX_ITEMS + ' items.') : parts;
  });
  // Each character becomes nine at most.
  for (const name of ['encodeURIComponent', 'encodeURI', 'escape']) {
    redefine(globalThis, name, (known) => (value) => {
      assertText(lengthOf(value) * 3);
      return known(value);
    });
  }
  for (const name of ['toUpperCase', 'toLowerCase', 'trim', 'replace', 'normalize']) {
    redefine(String.prototype, name, (known) => function (...args) {
      assertText(this.length);
      return apply(known, this, args);
    });
  }
  redefine(Array, 'from', (known) => (items, ...rest) => {
    if (typeof items === 'string' && items.length > MAX_ITEMS) refuse('A text of more than ' + MAX_ITEMS + ' characters cannot be split.');
    return known(items, ...rest);
  });
  // A function and no proxy, which would make each use of Array ten times as long.
  redefine(globalThis, 'Array', (known) => {
    function BoundedArray(...args) {
      if (args.length === 1 && args[0] > MAX_TEXT + 1) refuse('A text is longer than ' + MAX_TEXT + ' characters.');
      return Reflect.construct(known, args);
    }
    const { isArray, from, of } = known;
    return Object.assign(BoundedArray, { prototype: known.prototype, isArray, from, of });
  });
  redefine(JSON, 'stringify', (known) => (value, replacer, space) => {
    if (typeof replacer !== 'function') return known(value, replacer, space);
    let length = 0;
    const counting = function (key, item) {
      const kept = apply(replacer, this, [key, item]);
      assertText((length += key.length + lengthOf(kept) + 1));
      return kept;
    };
    return known(value, counting, space);
  });
})();
`;

/** Parses the expression in `request`, and writes the reason to `outcome` if that fails. */
const CHECK = new Script(`
'use strict';
var outcome = '';
try {
  jsonata(request);
} catch (error) {
  outcome = JSON.stringify({ message: String(error && error.message || error).slice(0, 2000).replace(/[\\uD800-\\uDBFF]$/, ''), position: error && error.position });
}
`);

/**
 * The expression's own limits give clear errors; the limits of the process apply where they do not reach. `request` is
 * set by us before each evaluation; `outcome` is a string, the only value that leaves the realm.
 */
const EVALUATE = new Script(`
'use strict';
var outcome = '';
(function () {
  const { stringify, parse } = JSON;
  const storable = (text) => !text.includes('\\0') && text.isWellFormed();
  const plain = (key, value) => {
    if (!storable(key) || (typeof value === 'string' && !storable(value)))
      throw { message: 'The result contains a NUL character or half of a surrogate pair.' };
    if (typeof value === 'function' || (value && (value._jsonata_lambda || value._jsonata_function)))
      throw { message: 'The result contains a function.' };
    if (typeof value === 'number' && !Number.isFinite(value)) throw { message: 'The result contains a number that JSON cannot represent.' };
    return value;
  };
  const finish = (end) => { outcome = stringify(end); };
  const failAs = (kind) => (error) =>
    finish({ type: 'error', kind, message: String(error && error.message || error).slice(0, 2000).replace(/[\\uD800-\\uDBFF]$/, '') });
  const { expression, input, bindings } = parse(request);
  let compiled;
  try {
    compiled = jsonata(expression, { stack: 500, sequence: 100000 });
  } catch (error) { return failAs('syntax')(error); }
  try {
    compiled
      .evaluate(parse(input), parse(bindings))
      .then((result) => finish({ type: 'value', json: result === undefined ? 'null' : stringify(result, plain) }))
      .catch(failAs('runtime'));
  } catch (error) { failAs('runtime')(error); }
})();
`);

const NEVER: JsonataEnd = { type: 'error', kind: 'runtime', message: 'The expression does not terminate.' };

/**
 * Evaluates JSONata in a realm of its own that contains only the language and the library: no modules, no process, and
 * no code from strings. The realm is discarded afterwards, with all changes an expression made to it.
 */
export class JsonataScript {
  private readonly library: Script;
  private readonly base64 = new Script(BASE64);
  private readonly bounds = new Script(BOUNDS);

  /** @param source the source code of the library. */
  constructor(source: string) {
    this.library = new Script(source, { filename: 'jsonata.js' });
  }

  /** @throws ERR_SCRIPT_EXECUTION_TIMEOUT */
  evaluate(request: JsonataRequest): JsonataEnd {
    const world = this.openWorld();
    const { expression, input, bindings } = request;
    world['request'] = JSON.stringify({ expression, input, bindings });
    EVALUATE.runInContext(world, { timeout: request.timeoutMs });
    const outcome: unknown = world['outcome'];
    if (typeof outcome !== 'string' || outcome === '') return NEVER;
    return JSON.parse(outcome) as JsonataEnd;
  }

  /**
   * Returns a function that checks expressions without running them, all in one realm. That function throws
   * ERR_SCRIPT_EXECUTION_TIMEOUT.
   */
  openChecker(): (expression: string, timeoutMs: number) => SandboxProblem | null {
    const world = this.openWorld();
    return (expression, timeoutMs) => {
      world['request'] = expression;
      CHECK.runInContext(world, { timeout: timeoutMs });
      const outcome: unknown = world['outcome'];
      return typeof outcome === 'string' && outcome !== '' ? (JSON.parse(outcome) as SandboxProblem) : null;
    };
  }

  private openWorld(): Context {
    // Promises of this realm settle inside runInContext, under its time limit.
    const world = createContext(Object.create(null) as object, {
      codeGeneration: { strings: false, wasm: false },
      microtaskMode: 'afterEvaluate',
    });
    this.library.runInContext(world);
    // Must come after the library, which would otherwise add itself to `window`.
    this.base64.runInContext(world);
    this.bounds.runInContext(world);
    return world;
  }
}
