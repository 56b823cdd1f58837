import { createContext, Script } from 'node:vm';
import type { SandboxRequest } from './sandbox-protocol.types.js';

// Runs inside sandbox processes, as TypeScript in tests: erasable syntax only, and no imports but of types.

type JsonataRequest = Extract<SandboxRequest, { kind: 'jsonata' }>;

export type JsonataEnd =
  { readonly type: 'value'; /** JSON. */ readonly json: string } | { readonly type: 'error'; readonly message: string };

/**
 * The expression's own limits give clear errors; the process' limits hold where they do not reach.
 * `request` is set by us before each evaluation; `outcome` is a string, the only thing that leaves.
 */
const EVALUATE = new Script(`
'use strict';
var outcome = '';
(function () {
  const { stringify, parse } = JSON;
  const storable = (text) => !text.includes('\\0') && text.isWellFormed();
  const plain = (key, value) => {
    if (!storable(key) || (typeof value === 'string' && !storable(value)))
      throw { message: 'The result holds a NUL character or half of a surrogate pair.' };
    if (typeof value === 'function' || (value && (value._jsonata_lambda || value._jsonata_function)))
      throw { message: 'The result holds a function.' };
    if (typeof value === 'number' && !Number.isFinite(value)) throw { message: 'The result holds a number that JSON has not.' };
    return value;
  };
  const finish = (end) => { outcome = stringify(end); };
  const fail = (error) => finish({ type: 'error', message: String(error && error.message || error) });
  try {
    const { expression, input, bindings } = parse(request);
    jsonata(expression, { stack: 500, sequence: 100000 })
      .evaluate(parse(input), parse(bindings))
      .then((result) => finish({ type: 'value', json: result === undefined ? 'null' : stringify(result, plain) }))
      .catch(fail);
  } catch (error) { fail(error); }
})();
`);

/**
 * Evaluates JSONata in a world of its own that holds nothing but the language and the library: no modules, no process, and no
 * code from strings. Whatever an expression does to it ends with it.
 */
export class JsonataScript {
  private readonly library: Script;

  /** `source`: the text of the library. */
  constructor(source: string) {
    this.library = new Script(source, { filename: 'jsonata.js' });
  }

  /** @throws ERR_SCRIPT_EXECUTION_TIMEOUT */
  evaluate(request: JsonataRequest): JsonataEnd {
    // Its promises settle inside runInContext, under its time limit.
    const world = createContext(Object.create(null) as object, {
      codeGeneration: { strings: false, wasm: false },
      microtaskMode: 'afterEvaluate',
    });
    this.library.runInContext(world);
    const { expression, input, bindings } = request;
    world['request'] = JSON.stringify({ expression, input, bindings });
    EVALUATE.runInContext(world, { timeout: request.timeoutMs });
    const outcome: unknown = world['outcome'];
    if (typeof outcome !== 'string' || outcome === '') return { type: 'error', message: 'The expression never ends.' };
    return JSON.parse(outcome) as JsonataEnd;
  }
}
