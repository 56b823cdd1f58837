import { createContext, Script } from 'node:vm';
import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import { LRUCache } from 'lru-cache';
import { SCOPE_VARIABLES } from './expression-scope.js';
import { ScriptError } from './script-error.js';
import { MAX_CONDITION_LENGTH, type ScriptProblem } from './script.types.js';

/** Conditions run in the process that serves requests: none may hold it up for longer. */
const MAX_CONDITION_MS = 100;

/** CEL keeps whole numbers and fractions apart, but JSON does not: what comes from it is a double, what is written is an int. */
const MIXED_ARITHMETIC: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

function celEnvironment(variables: readonly string[] | 'any'): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: variables === 'any',
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
  environment.registerOperator('double % double: double', (left: number, right: number) => left % right);
  if (variables !== 'any') for (const name of variables) environment.registerVariable(name, 'dyn');
  return environment;
}

interface ParsedCondition {
  readonly holds: ParseResult;
  readonly isCheap: boolean;
}

const evaluation = celEnvironment('any');
const parsed = new LRUCache<string, ParsedCondition>({ max: 1000 });

/** Everything wrong with a condition in CEL. `variables`: the names it may use. */
export function checkCondition(cel: string, variables: readonly string[] = SCOPE_VARIABLES): ScriptProblem[] {
  if (cel.length > MAX_CONDITION_LENGTH) return [tooLong()];
  try {
    const { valid, type, error } = celEnvironment(variables).check(cel);
    if (valid && type !== 'bool' && type !== 'dyn') {
      return [{ code: 'type', message: `A condition is true or false; this is of type ${type}.` }];
    }
    return valid ? [] : [problemOf(error)];
  } catch (error) {
    return [problemOf(error)];
  }
}

/**
 * Whether the condition holds for `context`, a JSON object whose members are its variables.
 * @throws ScriptError for a syntax error, a missing field (`has(input.field)` asks), unfitting types, a result that is neither true nor
 * false, and after 100 ms.
 */
export function evaluateCondition(cel: string, context: Record<string, unknown>): boolean {
  if (cel.length > MAX_CONDITION_LENGTH) throw new ScriptError('syntax', tooLong().message);
  const condition = parse(cel);
  const result = condition.isCheap ? run(condition, context) : watched(() => run(condition, context));
  if (typeof result !== 'boolean') {
    throw new ScriptError('runtime', `A condition is true or false; this one is a ${kindOf(result)}.`);
  }
  return result;
}

function parse(cel: string): ParsedCondition {
  const known = parsed.get(cel);
  if (known) return known;
  try {
    const holds = evaluation.parse(cel);
    const condition = { holds, isCheap: isCheap(holds.ast) };
    parsed.set(cel, condition);
    return condition;
  } catch (error) {
    throw new ScriptError('syntax', problemOf(error).message);
  }
}

function run({ holds }: ParsedCondition, context: Record<string, unknown>): unknown {
  try {
    return holds(context);
  } catch (error) {
    throw new ScriptError('runtime', problemOf(error).message);
  }
}

/** Calls that walk through their input once at most. The others loop (`all`, `map` …) or match patterns, or are new to us. */
const CHEAP_CALLS = new Set(['has', 'size', 'int', 'double', 'string', 'bool', 'startsWith', 'endsWith']);
/** Of texts and lists as large as an output may be: together they take as long as the watchdog would let them. */
const MAX_WALKS = 4;

/** Needs no watchdog, which costs a hundred times more than such a condition itself. */
function isCheap(ast: ASTNode): boolean {
  let walks = 0;
  const pending: unknown[] = [ast];
  while (pending.length > 0) {
    const part = pending.pop();
    if (Array.isArray(part)) pending.push(...(part as unknown[]));
    if (typeof part !== 'object' || part === null || !('op' in part)) continue;
    const { op, args } = part as ASTNode;
    if ((op === 'call' || op === 'rcall') && !CHEAP_CALLS.has(args[0])) return false;
    // Nothing else stops at the first difference in type: two outputs may be equal all the way down.
    if ((op === '==' || op === '!=') && !args.some(isLiteral)) return false;
    if (['call', 'rcall', 'in', '+'].includes(op)) walks += 1;
    pending.push(args);
  }
  return walks <= MAX_WALKS;
}

function isLiteral({ op, args }: ASTNode): boolean {
  return op === 'value' || (op === '-_' && isLiteral(args));
}

// The time limit of `vm` stops whatever its script calls, also host functions, and even a regular expression: the watchdog is a thread.
const call = new Script('task()');
const caller = createContext({ task: (): unknown => undefined });

function watched(task: () => unknown): unknown {
  caller['task'] = task;
  try {
    return call.runInContext(caller, { timeout: MAX_CONDITION_MS }) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new ScriptError('timeout', `The condition took longer than ${MAX_CONDITION_MS} ms.`);
  } finally {
    caller['task'] = undefined;
  }
}

function problemOf(error: unknown): ScriptProblem {
  const { name, summary, message, range } = error as Error & { summary?: string; range?: { start: number } };
  return {
    code: name === 'TypeError' ? 'type' : 'syntax',
    message: sentence(summary ?? message),
    ...(range && { position: range.start }),
  };
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

function tooLong(): ScriptProblem {
  return { code: 'too_long', message: `A condition has at most ${MAX_CONDITION_LENGTH} characters.` };
}
