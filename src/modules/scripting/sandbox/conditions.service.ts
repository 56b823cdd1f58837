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
 * Of data, times the visits to each byte of it: what a condition may cost that is evaluated here. A millisecond at most; a sandbox
 * process takes as long to be asked.
 */
const MAX_VISITED_BYTES = 65_536;

/** What is known of a condition: its plan, and itself where an evaluation leaves nothing behind in it. */
interface KnownCondition {
  readonly plan: ConditionPlan;
  readonly holds?: ParseResult;
}

let loading: Promise<CelConditions> | undefined;
/** With the first condition: many processes never meet one. */
const loadLanguage = (): Promise<CelConditions> =>
  (loading ??= import('@marcbachmann/cel-js').then((cel) => new CelConditions(cel, times)));

const known = new LRUCache<string, KnownCondition>({ max: 1000 });

/**
 * Conditions of workflows and filters of their triggers. What is known to be cheap, by its form and by the size of the data that it
 * reads, is evaluated here; everything else in a sandbox process, where neither its time nor its memory is anybody else's.
 */
@Injectable()
export class Conditions {
  constructor(private readonly sandbox: ScriptSandbox) {}

  /**
   * Whether the condition holds for `scope`, a JSON object whose members are its variables.
   * @param variables the names it may use; those of a step's scope by default.
   * @throws ScriptError for a syntax error, a missing field (`has(input.field)` asks), unfitting types, a result that is neither true nor
   * false, and after 250 ms of the processor; UnavailableError when too many conditions are waiting; the signal's reason.
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
    // A loop keeps the last item that it has seen, and all the data with it.
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

/** The problem with a condition of more than 4096 characters. */
export function conditionTooLong(): ScriptProblem {
  return { code: 'too_long', message: `A condition may have at most ${MAX_CONDITION_LENGTH} characters.` };
}
