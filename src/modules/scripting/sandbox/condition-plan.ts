import type { ASTNode } from '@marcbachmann/cel-js';

/** The path from a variable to a value that a condition reads: `input.order.total` is `['input', 'order', 'total']`. */
export type DataPath = readonly string[];

/** The maximum cost of evaluating a condition, and the data it reads. */
export interface ConditionPlan {
  /**
   * Maximum number of times each byte of the data is visited. 0: the cost does not depend on the data. Infinity:
   * unknown, or small data may take much time or memory.
   */
  readonly visits: number;
  readonly hasLoop: boolean;
  readonly paths: readonly DataPath[];
}

/** Calls of constant cost, whatever their arguments. */
const CONSTANT_CALLS = new Set(['has', 'int', 'double', 'bool', 'orValue', 'hasValue', 'timestamp_of']);
/** Calls that scan a text or a list at most once and produce nothing larger. */
const WALKING_CALLS = new Set(['size', 'string', 'startsWith', 'endsWith', 'contains']);
/** Loops that produce nothing larger than the list they are given. */
const LOOPS = new Set(['all', 'exists', 'exists_one', 'filter']);
const CONSTANT = new Set(['value', 'id', '.', '.?', '[]', '[?]', '?:', '||', '&&', '!_', '-_', '-', '*', '/', '%']);
const COMPARISONS = new Set(['<', '<=', '>', '>=']);
/** Cost of evaluating one node, in visits to one byte. */
const VISITS_PER_NODE = 5;

/** Estimates the cost of a condition from its syntax alone. Everything not known to be cheap counts as expensive. */
export function planCondition(ast: ASTNode): ConditionPlan {
  const loops: { visits: number } = { visits: 0 };
  const outside = visitsOf(ast, loops);
  return { visits: outside + loops.visits, hasLoop: loops.visits > 0, paths: pathsIn(ast) };
}

/** @param loops accumulates the cost of loops; absent inside a loop, where neither another loop nor a scan is cheap. */
function visitsOf(ast: ASTNode, loops: { visits: number } | undefined): number {
  let visits = 0;
  const pending: ASTNode[] = [ast];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const { op } = node;
    if (isLoop(node)) {
      if (!loops) return Infinity;
      const [, list, [, predicate]] = node.args as [string, ASTNode, [ASTNode, ASTNode]];
      const each = visitsOf(predicate, undefined);
      // The whole predicate is evaluated for each item, and may scan its data each time.
      loops.visits += each === 0 ? VISITS_PER_NODE * (1 + nodesIn(predicate)) : Infinity;
      pending.push(list);
      continue;
    }
    if (op === 'list') {
      // Arguments must be literals: lists of lists can double in size with each variable they contain.
      if (!(node.args as ASTNode[]).every(isLiteral)) return Infinity;
      continue;
    }
    visits += ownVisits(node);
    if (visits === Infinity) return Infinity;
    pending.push(...childrenOf(node));
  }
  return visits;
}

function ownVisits(node: ASTNode): number {
  const { op } = node;
  if (CONSTANT.has(op)) return 0;
  const [left, right] = operandsOf(node);
  if (op === 'call' || op === 'rcall') {
    const name = node.args[0] as string;
    if (CONSTANT_CALLS.has(name)) return 0;
    return WALKING_CALLS.has(name) ? 1 : Infinity;
  }
  if (!left || !right) return Infinity;
  const isOneLiteral = isLiteral(left) || isLiteral(right);
  if (COMPARISONS.has(op)) return isOneLiteral ? 0 : 1;
  // Comparing two values from the data may scan both up to their first difference.
  if (op === '==' || op === '!=') return isOneLiteral ? 0 : Infinity;
  if (op === 'in') return isLiterals(right) ? 0 : isLiteral(left) ? 1 : Infinity;
  // Concatenation of texts or lists.
  if (op === '+') return isNumber(left) || isNumber(right) ? 0 : 2;
  return Infinity;
}

function isLoop({ op, args }: ASTNode): boolean {
  return op === 'rcall' && LOOPS.has(args[0]) && args[2].length === 2;
}

function operandsOf({ op, args }: ASTNode): ASTNode[] {
  return op === 'call' || op === 'rcall' || !Array.isArray(args) ? [] : (args as ASTNode[]);
}

function childrenOf({ op, args }: ASTNode): ASTNode[] {
  if (op === 'call') return args[1];
  if (op === 'rcall') return [args[1], ...args[2]];
  if (op === '.' || op === '.?') return [args[0]];
  if (op === '!_' || op === '-_') return [args];
  if (op === 'map') return args.flat();
  return op === 'value' || op === 'id' ? [] : (args as ASTNode[]);
}

function nodesIn(ast: ASTNode): number {
  let count = 0;
  const pending = [ast];
  for (let node = pending.pop(); node; node = pending.pop()) {
    count += 1;
    pending.push(...childrenOf(node));
  }
  return count;
}

function isLiteral({ op, args }: ASTNode): boolean {
  return op === 'value' || (op === '-_' && isLiteral(args));
}

function isLiterals({ op, args }: ASTNode): boolean {
  return op === 'list' && args.every(isLiteral);
}

function isNumber(node: ASTNode): boolean {
  if (node.op === '-_') return isNumber(node.args);
  return node.op === 'value' && (typeof node.args === 'number' || typeof node.args === 'bigint');
}

/**
 * Returns every path that a condition reads, as far as its syntax shows. Loop variables are included; no data has their
 * names.
 */
function pathsIn(ast: ASTNode): DataPath[] {
  const paths: DataPath[] = [];
  const pending: ASTNode[] = [ast];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const path = pathOf(node);
    if (path) paths.push(path);
    else pending.push(...childrenOf(node));
  }
  return paths;
}

function pathOf(node: ASTNode): string[] | undefined {
  const keys: string[] = [];
  for (let at = node; ;) {
    if (at.op === 'id') return [at.args, ...keys.reverse()];
    if (at.op === '.' || at.op === '.?') {
      keys.push(at.args[1]);
      at = at.args[0];
    } else if ((at.op === '[]' || at.op === '[?]') && isText(at.args[1])) {
      keys.push(at.args[1].args as string);
      at = at.args[0];
    } else return undefined;
  }
}

function isText({ op, args }: ASTNode): boolean {
  return op === 'value' && typeof args === 'string';
}

/** Returns the value at a path, own members only; if the path leads nowhere, the last value on it. */
export function valueAlong(path: DataPath, scope: object): unknown {
  let value: unknown = scope;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/**
 * Returns the part of a scope that the paths read. Values along the way keep their type, so that a missing field fails
 * in the same way.
 */
export function partAlong(paths: readonly DataPath[], scope: object): Record<string, unknown> {
  const part: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(scope)) {
    const deeper = paths.filter(([first]) => first === name).map((path) => path.slice(1));
    if (deeper.length > 0) part[name] = partOf(deeper, value);
  }
  return part;
}

function partOf(paths: readonly DataPath[], value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || paths.some((path) => path.length === 0)) return value;
  const keys = new Set(paths.map(([key]) => key!));
  return Object.fromEntries(
    [...keys]
      .filter((key) => Object.hasOwn(value, key))
      .map((key) => {
        const deeper = paths.filter(([first]) => first === key).map((path) => path.slice(1));
        return [key, partOf(deeper, (value as Record<string, unknown>)[key])];
      }),
  );
}
