import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';

// Runs in the program and inside sandbox processes, there as TypeScript in tests: erasable syntax only, and no imports but of types.

type Cel = typeof import('@marcbachmann/cel-js');
type Times = typeof import('../../../../common/values/timestamps.js');

/** The library's own `timestamp` rolls 30 February over and takes times without an offset, and cannot be replaced under its name. */
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

/** CEL keeps whole numbers and fractions apart, but JSON does not: what comes from it is a double, what is written is an int. */
const MIXED_ARITHMETIC: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

/** Keys that the library takes for members of every object, in a value of its own or as a name in a literal. */
const ODD_KEYS = ['constructor', '__proto__', 'prototype'];

type Evaluate = (evaluator: Evaluator, node: Node, context: unknown) => unknown;

interface Evaluator {
  run(node: unknown, context: unknown): unknown;
  debugType(value: unknown): unknown;
  debugTypeDeep(value: unknown): unknown;
  mapType: unknown;
  listType: unknown;
}

/** A node, with what the library has found out about it when it was checked. */
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
 * Conditions in CEL over JSON: the one place that says what is a condition and what comes of it, for validation and for runs alike.
 * Nothing here is bounded in time or memory; see `Conditions`.
 */
export class CelConditions {
  private readonly environments = new Map<string, Environment>();
  private readonly cel: Cel;
  private readonly times: Times;

  /** @param times the one rule for times, which `timestamp(…)` follows. */
  constructor(cel: Cel, times: Times) {
    this.cel = cel;
    this.times = times;
  }

  /** Parses a condition, and looks at nothing but its form. `variables`: the names it may use. */
  parse(condition: string, variables: readonly string[]): ParseResult | CelProblem {
    try {
      const holds = this.environment(variables).parse(condition);
      prepare(holds.ast as unknown as Node);
      return holds;
    } catch (error) {
      return problemOf(error, condition);
    }
  }

  /** Everything wrong with names and types of a parsed condition, which is ready to be evaluated after that. */
  check(holds: ParseResult, condition: string): CelProblem | undefined {
    const { valid, type, error } = holds.check();
    if (!valid) return problemOf(error, condition);
    if (type === 'bool' || type === 'dyn') return undefined;
    return { code: 'type', message: `A condition must be true or false; this one is of type ${type}.` };
  }

  /**
   * Whether a checked condition holds. `scope`: the variables by name.
   * @returns what is wrong with the data, or with the result.
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

  /** Making one takes as long as checking a hundred conditions. */
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
 * The library asks a value for its `constructor`, which data may have as a key of its own. It also keeps a type for every nesting of
 * lists and maps that it has ever met, for ever: one level is enough to choose an operator.
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
  // That of any world: JSON may have been parsed in another one.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A Map where the library would take a member for the object's own nature. */
function asData(value: unknown): unknown {
  return isPlain(value) && Object.hasOwn(value, 'constructor') ? new Map(Object.entries(value)) : value;
}

const accessMember: Evaluate = (evaluator, node, context) => {
  const left = asData(evaluator.run(node.left, context));
  return node.handle(left, node.op === '.' ? node.right : evaluator.run(node.right, context), node, evaluator);
};

/** The library leaves odd keys of a literal out. */
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

/** JSON whose objects with odd keys are Maps: the library reads such keys of Maps alone everywhere. */
export function parseData(json: string): unknown {
  // The escape, too: a key may be written with it.
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
