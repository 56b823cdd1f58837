import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';

// Runs in the application and inside sandbox processes, there as TypeScript in tests: erasable syntax only, and only
// type imports.

type Cel = typeof import('@marcbachmann/cel-js');
type Times = typeof import('../../../../common/values/timestamps.js');

/**
 * Replaces the library's own `timestamp`, which accepts 30 February and times without an offset, and cannot be
 * overridden by name.
 */
const OWN_TIMESTAMP = 'timestamp_of';
const TIMESTAMP_TYPE = 'google.protobuf.Timestamp';

/** A problem with a condition. `position` starts at 0, `line` and `column` at 1. */
export interface CelProblem {
  readonly code: 'syntax' | 'type';
  readonly message: string;
  readonly position?: number;
  readonly line?: number;
  readonly column?: number;
  /** See `ScriptProblem`. */
  readonly isPassing?: boolean;
}

/** CEL distinguishes integers from doubles, but JSON does not: numbers in the data are doubles, literals are ints. */
const MIXED_ARITHMETIC: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

/** Keys that the library mistakes for members of every object, both in values and as names in literals. */
const ODD_KEYS = ['constructor', '__proto__', 'prototype'];

type Evaluate = (evaluator: Evaluator, node: Node, context: unknown) => unknown;

interface Evaluator {
  run(node: unknown, context: unknown): unknown;
  debugType(value: unknown): unknown;
  debugTypeDeep(value: unknown): unknown;
  mapType: unknown;
  listType: unknown;
}

/** A node with the annotations that the library adds when it checks it. */
type Node = ASTNode & {
  left: Node;
  right: Node;
  args: unknown[];
  handle(left: unknown, right: unknown, node: Node, evaluator: Evaluator): unknown;
  evaluate: Evaluate;
  setMeta(key: string, value: unknown): Node;
  meta: { evaluate: Evaluate };
};

/**
 * Defines the CEL dialect of conditions over JSON, for validation and runs alike. Nothing here limits time or memory;
 * see `Conditions`.
 */
export class CelConditions {
  private readonly environments = new Map<string, Environment>();
  private readonly cel: Cel;
  private readonly times: Times;

  /** @param times the shared rule for times, which `timestamp(…)` follows. */
  constructor(cel: Cel, times: Times) {
    this.cel = cel;
    this.times = times;
  }

  /** Parses a condition without checking types. @param variables the names it may use. */
  parse(condition: string, variables: readonly string[]): ParseResult | CelProblem {
    try {
      const holds = this.environment(variables).parse(condition);
      prepare(holds.ast as unknown as Node);
      return holds;
    } catch (error) {
      return problemOf(error, condition);
    }
  }

  /**
   * Returns the first problem with names and types of a parsed condition; the condition must be checked before it is
   * evaluated.
   */
  check(holds: ParseResult, condition: string): CelProblem | undefined {
    const { valid, type, error } = holds.check();
    if (!valid) return problemOf(error, condition);
    if (type === 'bool' || type === 'dyn') return undefined;
    return { code: 'type', message: `A condition must be true or false; this one is of type ${type}.` };
  }

  /**
   * Returns whether a checked condition holds, or the problem with the data or the result.
   * @param scope the variables by name.
   */
  evaluate(holds: ParseResult, scope: ReadonlyMap<string, unknown>, condition: string): boolean | CelProblem {
    try {
      const result: unknown = holds(scope as unknown as Record<string, unknown>);
      if (typeof result === 'boolean') return result;
      return { code: 'type', message: `A condition must be true or false; this one is a ${kindOf(result)}.` };
    } catch (error) {
      return problemOf(error, condition);
    }
  }

  /** Cached: creating an environment takes as long as checking a hundred conditions. */
  private environment(variables: readonly string[]): Environment {
    const key = variables.join();
    const known = this.environments.get(key) ?? this.openEnvironment(variables);
    this.environments.set(key, known);
    return known;
  }

  private openEnvironment(variables: readonly string[]): Environment {
    const environment = new this.cel.Environment({
      unlistedVariablesAreDyn: false,
      homogeneousAggregateLiterals: false,
      enableOptionalTypes: true,
      limits: { maxAstNodes: 500, maxDepth: 100, maxListElements: 500, maxMapEntries: 100 },
    });
    for (const [operator, compute] of Object.entries(MIXED_ARITHMETIC)) {
      for (const types of [`double ${operator} int`, `int ${operator} double`]) {
        environment.registerOperator(`${types}: double`, (left: unknown, right: unknown) =>
          compute(Number(left), Number(right)),
        );
      }
    }
    let evaluator: Evaluator | undefined;
    environment.registerOperator('double % double: double', (left: number, right: number, ...rest: unknown[]) => {
      evaluator ??= rest[1] as Evaluator;
      return left % right;
    });
    this.registerTimestamps(environment);
    environment.evaluate('1.5 % 1.0');
    takeAnyKey(evaluator!);
    for (const name of variables) environment.registerVariable(name, 'dyn');
    return environment;
  }

  private registerTimestamps(environment: Environment): void {
    const { parseTimestamp, momentOf, TIMESTAMP_RULE } = this.times;
    const known = (time: Date | undefined): Date => {
      if (!time) throw new Error(`timestamp() takes ${TIMESTAMP_RULE}`);
      return time;
    };
    environment.registerFunction(`${OWN_TIMESTAMP}(string): ${TIMESTAMP_TYPE}`, (text: string) =>
      known(parseTimestamp(text)),
    );
    environment.registerFunction(`${OWN_TIMESTAMP}(int): ${TIMESTAMP_TYPE}`, (seconds: bigint) =>
      known(momentOf(Number(seconds) * 1000)),
    );
  }
}

/**
 * Works around two properties of the library: it reads a value's `constructor`, which data may have as a key, and it
 * caches a type for every nesting of lists and maps it has ever seen. One level is enough to choose an operator.
 */
function takeAnyKey(evaluator: Evaluator): void {
  const known = evaluator.debugType.bind(evaluator);
  const debugType = (value: unknown): unknown => {
    if (Array.isArray(value)) return evaluator.listType;
    return isPlain(value) ? evaluator.mapType : known(value);
  };
  Object.assign(evaluator, { debugType, debugTypeDeep: debugType });
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The `Object.prototype` of any realm: the JSON may have been parsed in another one.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Converts an object to a Map if the library would mistake one of its keys for a built-in member. */
function asData(value: unknown): unknown {
  return isPlain(value) && Object.hasOwn(value, 'constructor') ? new Map(Object.entries(value)) : value;
}

const accessMember: Evaluate = (evaluator, node, context) => {
  const left = asData(evaluator.run(node.left, context));
  return node.handle(left, node.op === '.' ? node.right : evaluator.run(node.right, context), node, evaluator);
};

/** The library drops such keys from map literals. */
function makeMap(known: Evaluate): Evaluate {
  return (evaluator, node, context) => {
    const isOdd = (node.args as [ASTNode, ASTNode][]).some(
      ([key]) => key.op !== 'value' || ODD_KEYS.includes(key.args as string),
    );
    if (!isOdd) return known(evaluator, node, context);
    return new Map(
      (node.args as [ASTNode, ASTNode][]).map(([key, value]) => [
        evaluator.run(key, context),
        evaluator.run(value, context),
      ]),
    );
  };
}

function prepare(root: Node): void {
  const pending: unknown[] = [root];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (Array.isArray(part)) pending.push(...(part as unknown[]));
    if (!isNode(part)) continue;
    if (part.op === '.' || part.op === '[]') part.setMeta('evaluate', accessMember);
    if (part.op === 'call' && part.args[0] === 'timestamp') part.args[0] = OWN_TIMESTAMP;
    if (part.op === 'map') part.setMeta('evaluate', makeMap(part.meta.evaluate));
    pending.push(part.args);
  }
}

function isNode(part: unknown): part is Node {
  return typeof part === 'object' && part !== null && 'op' in part && 'setMeta' in part;
}

/** Parses JSON so that objects with such keys become Maps: only in Maps does the library read them everywhere. */
export function parseData(json: string): unknown {
  // Includes the escape, since a key may be written with it.
  if (!/"(?:constructor|__proto__|prototype)"|\\u/.test(json)) return JSON.parse(json) as unknown;
  return JSON.parse(json, (_, value: unknown) =>
    isPlain(value) && ODD_KEYS.some((key) => Object.hasOwn(value, key)) ? new Map(Object.entries(value)) : value,
  ) as unknown;
}

function problemOf(error: unknown, condition: string): CelProblem {
  const { name, summary, message, range } = error as Error & { summary?: string; range?: { start: number } };
  const code = name === 'TypeError' ? 'type' : 'syntax';
  return { code, message: sentence(summary ?? message), ...(range && placeOf(condition, range.start)) };
}

function placeOf(text: string, position: number): Pick<CelProblem, 'position' | 'line' | 'column'> {
  const before = text.slice(0, position).split('\n');
  return { position, line: before.length, column: Array.from(before.at(-1)!).length + 1 };
}

function sentence(text: string): string {
  const line = text.split('\n')[0]!.trim();
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${line.endsWith('.') ? '' : '.'}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'bigint') return 'number';
  return typeof value === 'object' ? 'map' : typeof value;
}
