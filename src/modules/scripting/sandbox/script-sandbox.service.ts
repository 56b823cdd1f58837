import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { jsonSize } from '../../../common/json/json-size.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import type { CelProblem } from './process/cel-conditions.js';
import type { SandboxProblem, SandboxProblems, SandboxRequest } from './process/sandbox-protocol.types.js';
import { CONDITIONS, SCRIPTS } from './sandbox-languages.js';
import { SandboxPool } from './sandbox-pool.js';
import type { SandboxOutcome } from './sandbox-process.js';
import { ScriptError } from './script.errors.js';
import {
  LUA_GLOBALS,
  type LuaOutcome,
  MAX_EXPRESSION_LENGTH,
  MAX_SCRIPT_INPUT_LENGTH,
  MAX_SCRIPT_LENGTH,
  MAX_SCRIPT_MEMORY_BYTES,
  MAX_SCRIPT_RESULT_LENGTH,
  MAX_SCRIPT_TIMEOUT_MS,
  MIN_SCRIPT_MEMORY_BYTES,
  MIN_SCRIPT_TIMEOUT_MS,
  type ScriptLimits,
  type ScriptProblem,
} from './script.types.js';

/** Problems by the text that has them. */
type Problems = Map<string, ScriptProblem[]>;
type Judged = Record<'lua' | 'jsonata', ReadonlyMap<string, ScriptProblem[]>>;

const CHECK_TIMEOUT_MS = 5000;
/** A UTF-16 code unit takes at most three bytes in UTF-8; a surrogate pair takes four. */
const MAX_SCRIPT_INPUT_BYTES = 3 * MAX_SCRIPT_INPUT_LENGTH;
/** Limits of one condition: CPU time, and wall-clock time for a busy machine. */
const MAX_CONDITION_CPU_MS = 250;
const CONDITION_TIMEOUT_MS = 5000;
const IDENTIFIER = /^[A-Za-z_]\w*$/;

/**
 * Runs tenants' code in a few separate processes, started when needed and ended when idle. Usage is bounded per tenant,
 * so that one tenant's endless loops leave capacity for the others. Memory limits of containers must allow for these
 * processes.
 */
@Injectable()
export class ScriptSandbox implements OnApplicationShutdown {
  private readonly scripts = new SandboxPool(SCRIPTS, {
    processes: 2,
    processesPerTenant: 1,
    maxWaiting: 256,
    maxWaitingPerTenant: 64,
  });
  /** A separate pool: conditions take a moment, scripts up to half a minute, and conditions would wait behind them. */
  private readonly conditions = new SandboxPool(CONDITIONS, {
    processes: 1,
    processesPerTenant: 1,
    maxWaiting: 1024,
    maxWaitingPerTenant: 256,
  });

  constructor(private readonly tenant: TenantContext) {}

  /**
   * Runs a Lua 5.4 script and returns its result.
   * @param globals the input by global name, JSON.
   * @throws ScriptError; UnavailableError when too many scripts are waiting.
   */
  async runLua(code: string, globals: Record<string, unknown>, limits: ScriptLimits): Promise<LuaOutcome> {
    assertLength(code, MAX_SCRIPT_LENGTH, 'The script');
    const wrongName = Object.keys(globals).find((name) => !IDENTIFIER.test(name));
    if (wrongName !== undefined)
      throw new ScriptError('runtime', `${wrongName} is not a valid name of a Lua variable.`);
    const request = (): SandboxRequest => ({
      kind: 'lua',
      code,
      globals: inputOf(globals),
      timeoutMs: clamp(limits.timeoutMs, MIN_SCRIPT_TIMEOUT_MS, MAX_SCRIPT_TIMEOUT_MS),
      memoryBytes: clamp(limits.memoryBytes, MIN_SCRIPT_MEMORY_BYTES, MAX_SCRIPT_MEMORY_BYTES),
      allowedGlobals: limits.allowedGlobals?.length ? limits.allowedGlobals.filter(isLuaGlobal) : LUA_GLOBALS,
      maxResultLength: MAX_SCRIPT_RESULT_LENGTH,
    });
    const { result, logs } = await this.run(request, limits.signal);
    return { result: JSON.parse(result) as unknown, logs };
  }

  /**
   * Evaluates JSONata over `input`, JSON. A path that leads nowhere is null.
   * @param bindings variables by name: `{ steps }` is `$steps`.
   * @throws ScriptError; UnavailableError when too many scripts are waiting.
   */
  async runJsonata(
    expression: string,
    input: unknown,
    limits: Pick<ScriptLimits, 'timeoutMs' | 'signal'>,
    bindings: Record<string, unknown> = {},
  ): Promise<unknown> {
    if (expression.length > MAX_EXPRESSION_LENGTH)
      throw new ScriptError('syntax', tooLong('The expression', MAX_EXPRESSION_LENGTH).message);
    const request = (): SandboxRequest => ({
      kind: 'jsonata',
      expression,
      input: inputOf(input),
      bindings: inputOf(bindings),
      timeoutMs: clamp(limits.timeoutMs, MIN_SCRIPT_TIMEOUT_MS, MAX_SCRIPT_TIMEOUT_MS),
      maxResultLength: MAX_SCRIPT_RESULT_LENGTH,
    });
    const { result } = await this.run(request, limits.signal);
    return JSON.parse(result) as unknown;
  }

  /**
   * Evaluates a condition in CEL, however expensive it is; `Conditions` decides when that is needed.
   * @param scope JSON whose members are the condition's variables. Called when its turn has come.
   * @throws ScriptError; UnavailableError when too many conditions are waiting; the signal's reason.
   */
  async evaluateCondition(
    condition: string,
    scope: () => Record<string, unknown>,
    variables: readonly string[],
    signal?: AbortSignal,
  ): Promise<boolean> {
    const [cpuMs, timeoutMs] = [MAX_CONDITION_CPU_MS, CONDITION_TIMEOUT_MS];
    const { result } = await this.conditions.run(
      this.lane(),
      () => ({ kind: 'condition', condition, variables, scope: inputOf(scope()), cpuMs, timeoutMs }),
      signal,
    );
    return result === 'true';
  }

  /**
   * Checks conditions without evaluating them. Returns their problems, in order; null for valid ones.
   * @throws UnavailableError when too many conditions are waiting.
   */
  async checkConditions(
    conditions: readonly { condition: string; variables: readonly string[] }[],
  ): Promise<(CelProblem | null)[]> {
    if (conditions.length === 0) return [];
    try {
      const timeoutMs = CHECK_TIMEOUT_MS;
      const request = { kind: 'check-conditions', conditions, timeoutMs } as const;
      const { result } = await this.conditions.run(this.lane(), () => request);
      return JSON.parse(result) as (CelProblem | null)[];
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      // It is unknown which of them broke the process.
      return conditions.map(() => ({ code: 'syntax', message: error.message, isPassing: true }));
    }
  }

  /**
   * Returns every problem that keeps a Lua script from compiling.
   * @throws UnavailableError when too many scripts are waiting.
   */
  async checkLua(code: string): Promise<ScriptProblem[]> {
    return (await this.check({ lua: [code] })).lua.get(code) ?? [];
  }

  /**
   * Checks that Lua scripts compile and JSONata expressions parse, without running them, and returns problems by text.
   * All are sent at once, so that a definition takes one place in the tenant's queue. Not done in this process, because
   * parsing a long expression may take a while.
   * @throws UnavailableError when too many scripts are waiting.
   */
  async check({ lua = [], jsonata = [] }: { lua?: readonly string[]; jsonata?: readonly string[] }): Promise<Judged> {
    const scripts = judgeLength(lua, 'The script', MAX_SCRIPT_LENGTH);
    const expressions = judgeLength(jsonata, 'The expression', MAX_EXPRESSION_LENGTH);
    if (scripts.rest.length + expressions.rest.length > 0) {
      const found = await this.judge(scripts.rest, expressions.rest);
      for (const [index, code] of scripts.rest.entries()) note(scripts.problems, code, found.lua[index]);
      for (const [index, text] of expressions.rest.entries()) note(expressions.problems, text, found.jsonata[index]);
    }
    return { lua: scripts.problems, jsonata: expressions.problems };
  }

  onApplicationShutdown(): void {
    this.scripts.close();
    this.conditions.close();
  }

  private run(request: () => SandboxRequest, signal?: AbortSignal): Promise<SandboxOutcome> {
    return this.scripts.run(this.lane(), request, signal);
  }

  private lane(): string {
    return this.tenant.find()?.tenantId ?? 'platform';
  }

  private async judge(lua: readonly string[], jsonata: readonly string[]): Promise<SandboxProblems> {
    try {
      const { result } = await this.run(() => ({ kind: 'check', lua, jsonata, timeoutMs: CHECK_TIMEOUT_MS }));
      return JSON.parse(result) as SandboxProblems;
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      // It is unknown which of them broke the process.
      const problem = { message: error.message, isPassing: true };
      return { lua: lua.map(() => problem), jsonata: jsonata.map(() => problem) };
    }
  }
}

/** Separates texts that are too long from the rest, and removes duplicates. */
function judgeLength(texts: readonly string[], noun: string, max: number): { problems: Problems; rest: string[] } {
  const { long = [], rest = [] } = Object.groupBy(new Set(texts), (text) => (text.length > max ? 'long' : 'rest'));
  return { problems: new Map(long.map((text) => [text, [tooLong(noun, max)]])), rest };
}

function note(problems: Problems, text: string, problem: SandboxProblem | null | undefined): void {
  if (problem) problems.set(text, [{ code: 'syntax', ...problem }]);
}

function isLuaGlobal(name: string): boolean {
  return (LUA_GLOBALS as readonly string[]).includes(name);
}

function clamp(value: number, min: number, max: number): number {
  return Math.trunc(Math.min(Math.max(value, min), max));
}

/** The size is measured before serializing, so that most of a value that is far too large is never produced. */
function inputOf(value: unknown): string {
  if (jsonSize(value, MAX_SCRIPT_INPUT_BYTES) > MAX_SCRIPT_INPUT_BYTES) {
    throw new ScriptError('runtime', tooLong('The input', MAX_SCRIPT_INPUT_LENGTH).message);
  }
  const json = serialized(value);
  assertLength(json, MAX_SCRIPT_INPUT_LENGTH, 'The input');
  return json;
}

function serialized(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch (error) {
    // Stack overflow: serialization recurses for each level.
    if (error instanceof RangeError) throw new ScriptError('runtime', 'The input is nested too deeply.');
    throw error;
  }
}

function assertLength(text: string, max: number, noun: string): void {
  if (text.length > max) throw new ScriptError('runtime', tooLong(noun, max).message);
}

function tooLong(noun: string, max: number): ScriptProblem {
  return { code: 'too_long', message: `${noun} is longer than ${max} characters.` };
}
