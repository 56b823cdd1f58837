import type { ParseResult } from '@marcbachmann/cel-js';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import * as times from '../../../common/values/timestamps.js';
import { jsonSize } from '../../../common/json/json-size.js';
import { type ConditionPlan, partAlong, planCondition, valueAlong } from './condition-plan.js';
import { SCOPE_VARIABLES } from './expression-scope.types.js';
import { CelConditions, type CelProblem } from './process/cel-conditions.js';
import { ScriptError } from './script.errors.js';
import { MAX_CONDITION_LENGTH, type ScriptProblem } from './script.types.js';
import { ScriptSandbox } from './script-sandbox.service.js';

/**
 * Maximum cost of a condition that is evaluated in this process: bytes of data times visits to each. This is a
 * millisecond at most, about the round trip to a sandbox process.
 */
const MAX_VISITED_BYTES = 65_536;

/** A condition's plan, and its compiled form if evaluating leaves no state in it. */
interface KnownCondition {
  readonly plan: ConditionPlan;
  readonly holds?: ParseResult;
}

let loading: Promise<CelConditions> | undefined;
/** Loaded with the first condition: many processes never evaluate one. */
const loadLanguage = (): Promise<CelConditions> =>
  (loading ??= import('@marcbachmann/cel-js').then((cel) => new CelConditions(cel, times)));

const known = new LRUCache<string, KnownCondition>({ max: 1000 });

/**
 * Evaluates conditions of workflows and filters of triggers. Those that are known to be cheap, from their syntax and
 * the size of the data they read, are evaluated here; all others in a sandbox process, which isolates their time and
 * memory.
 */
@Injectable()
export class Conditions {
  constructor(private readonly sandbox: ScriptSandbox) {}

  /**
   * Returns whether the condition holds for `scope`, a JSON object whose members are its variables.
   * @param variables the names it may use; those of a step's scope by default.
   * @throws ScriptError for a syntax error, a missing field (test it with `has(input.field)`), incompatible types, a
   * result that is not a boolean, and after 250 ms of CPU time; UnavailableError when too many conditions are waiting;
   * the signal's reason.
   */
  async evaluate(
    condition: string,
    scope: object,
    { variables = SCOPE_VARIABLES, signal }: { variables?: readonly string[]; signal?: AbortSignal } = {},
  ): Promise<boolean> {
    if (condition.length > MAX_CONDITION_LENGTH) throw new ScriptError('syntax', conditionTooLong().message);
    const language = await loadLanguage();
    const { plan, holds } = this.read(language, condition, variables);
    if (!isCheap(plan, scope)) {
      return this.sandbox.evaluateCondition(condition, () => partAlong(plan.paths, scope), variables, signal);
    }
    const result = language.evaluate(
      holds ?? checked(language, condition, variables),
      new Map(Object.entries(scope)),
      condition,
    );
    if (typeof result !== 'boolean') throw failureOf('runtime', result);
    return result;
  }

  private read(language: CelConditions, condition: string, variables: readonly string[]): KnownCondition {
    const key = `${variables.join()}:${condition}`;
    const before = known.get(key);
    if (before) return before;
    const plan = planCondition(parsed(language, condition, variables).ast);
    // A loop keeps a reference to the last item it has visited, and with it to all of the data.
    const isKept = plan.visits < Infinity && !plan.hasLoop;
    const found = { plan, ...(isKept && { holds: checked(language, condition, variables) }) };
    known.set(key, found);
    return found;
  }
}

function parsed(language: CelConditions, condition: string, variables: readonly string[]): ParseResult {
  const holds = language.parse(condition, variables);
  if (typeof holds !== 'function') throw failureOf('syntax', holds);
  return holds;
}

function checked(language: CelConditions, condition: string, variables: readonly string[]): ParseResult {
  const holds = parsed(language, condition, variables);
  const problem = language.check(holds, condition);
  if (problem) throw failureOf('syntax', problem);
  return holds;
}

function isCheap({ visits, paths }: ConditionPlan, scope: object): boolean {
  if (visits === 0) return true;
  let bytesLeft = MAX_VISITED_BYTES / visits;
  for (const path of paths) {
    bytesLeft -= jsonSize(valueAlong(path, scope), bytesLeft);
    if (bytesLeft < 0) return false;
  }
  return true;
}

function failureOf(kind: 'syntax' | 'runtime', { message, line, column }: CelProblem): ScriptError {
  return new ScriptError(kind, message, line, [], column);
}

/** Returns the problem of a condition of more than 4096 characters. */
export function conditionTooLong(): ScriptProblem {
  return { code: 'too_long', message: `A condition may have at most ${MAX_CONDITION_LENGTH} characters.` };
}
