import type { ASTNode } from '@marcbachmann/cel-js';

/** From a variable to what a condition reads of it: `input.order.total` is `['input', 'order', 'total']`. */
export type DataPath = readonly string[];

/** What evaluating a condition may cost, and what it reads. */
export interface ConditionPlan {
  /**
   * Visits to each byte of the data that is read, at most. 0: the data's size does not matter. Infinity: nobody knows, or much time or
   * memory may come of little data.
   */
  readonly visits: number;
  readonly hasLoop: boolean;
  readonly paths: readonly DataPath[];
}

/** Calls that cost the same whatever they are given. */
const CONSTANT_CALLS = new Set(['has', 'int', 'double', 'bool', 'orValue', 'hasValue', 'timestamp_of']);
/** Calls that walk through a text or a list once at most, and make nothing that is larger. */
const WALKING_CALLS = new Set(['size', 'string', 'startsWith', 'endsWith', 'contains']);
/** Loops that make nothing out of the items they are given. */
const LOOPS = new Set(['all', 'exists', 'exists_one', 'filter']);
const CONSTANT = new Set(['value', 'id', '.', '.?', '[]', '[?]', '?:', '||', '&&', '!_', '-_', '-', '*', '/', '%']);
const COMPARISONS = new Set(['<', '<=', '>', '>=']);
/** One evaluation of a node against one walk past a byte. */
const VISITS_PER_NODE = 5;

/** Looks at a condition's form alone: everything that is not known to be cheap is dear. */
export function planCondition(ast: ASTNode): ConditionPlan {
  const loops: { visits: number } = { visits: 0 };
  const outside = visitsOf(ast, loops);
  return { visits: outside + loops.visits, hasLoop: loops.visits > 0, paths: pathsIn(ast) };
}

/** @param loops counts what loops cost; absent inside of one, where neither another one nor a walk is cheap. */
function visitsOf(ast: ASTNode, loops: { visits: number } | undefined): number {
  let visits = 0;
  const pending: ASTNode[] = [ast];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const { op } = node;
    if (isLoop(node)) {
      if (!loops) return Infinity;
      const [, list, [, predicate]] = node.args as [string, ASTNode, [ASTNode, ASTNode]];
      const each = visitsOf(predicate, undefined);
      // Each item sees the whole predicate, and what is walked through in there may be walked through for each.
      loops.visits += each === 0 ? VISITS_PER_NODE * (1 + nodesIn(predicate)) : Infinity;
      pending.push(list);
      continue;
    }
    if (op === 'list') {
      // Of literals alone: lists of lists can double with each name that they are given.
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
  // Nothing stops a comparison of two things out of the data before their first difference.
  if (op === '==' || op === '!=') return isOneLiteral ? 0 : Infinity;
  if (op === 'in') return isLiterals(right) ? 0 : isLiteral(left) ? 1 : Infinity;
  // Texts and lists are put together.
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

/** Everything that a condition reads, as far as its text tells. Names of loops are among the variables; nothing has such a name. */
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

/** The value a path leads to, own members only; the last one there is where it leads no further. */
export function valueAlong(path: DataPath, scope: object): unknown {
  let value: unknown = scope;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Of a scope what paths lead to. Everything on the way keeps its kind, so that what is missing is missing in the same way. */
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
