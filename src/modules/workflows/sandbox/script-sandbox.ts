import { availableParallelism } from 'node:os';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { FairQueue } from '../../../common/concurrency/fair-queue.js';
import { UnavailableError } from '../../../common/errors/app-error.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import type { SandboxProblem, SandboxProblems, SandboxRequest } from './process/sandbox-protocol.types.js';
import { type SandboxOutcome, SandboxProcess } from './sandbox-process.js';
import { ScriptError } from './script-error.js';
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

/** By the text that they are problems of. */
type Problems = Map<string, ScriptProblem[]>;
type Judged = Record<'lua' | 'jsonata', ReadonlyMap<string, ScriptProblem[]>>;

/** Each takes some 60 MB while it idles. */
const PROCESSES = Math.max(2, Math.min(availableParallelism(), 4));
const IDLE_MS = 60_000;
const CHECK_TIMEOUT_MS = 5000;
const IDENTIFIER = /^[A-Za-z_]\w*$/;

/**
 * Runs what tenants wrote, in a few processes of their own that are started when needed and ended when idle. Bounded per tenant,
 * so that a tenant's endless loops leave room for the others.
 */
@Injectable()
export class ScriptSandbox implements OnApplicationShutdown {
  private readonly idle: { process: SandboxProcess; since: number }[] = [];
  private readonly all = new Set<SandboxProcess>();
  private readonly queue = new FairQueue(
    { concurrency: PROCESSES, concurrencyPerLane: PROCESSES - 1, maxWaiting: 256, maxWaitingPerLane: 64 },
    () => new UnavailableError('script.busy', 'Too many scripts are running right now. Try again in a moment.'),
  );
  private sweeper?: NodeJS.Timeout;
  private isClosed = false;

  constructor(private readonly tenant: TenantContext) {}

  /**
   * Runs a Lua 5.4 script. `globals` is its input by global name, JSON; what it returns is its result.
   * @throws ScriptError; UnavailableError when too many scripts are waiting.
   */
  async runLua(code: string, globals: Record<string, unknown>, limits: ScriptLimits): Promise<LuaOutcome> {
    assertLength(code, MAX_SCRIPT_LENGTH, 'The script');
    const wrongName = Object.keys(globals).find((name) => !IDENTIFIER.test(name));
    if (wrongName !== undefined) throw new ScriptError('runtime', `${wrongName} is no name of a Lua variable.`);
    const request: SandboxRequest = {
      kind: 'lua',
      code,
      globals: inputOf(globals),
      timeoutMs: clamp(limits.timeoutMs, MIN_SCRIPT_TIMEOUT_MS, MAX_SCRIPT_TIMEOUT_MS),
      memoryBytes: clamp(limits.memoryBytes, MIN_SCRIPT_MEMORY_BYTES, MAX_SCRIPT_MEMORY_BYTES),
      allowedGlobals: limits.allowedGlobals?.length ? limits.allowedGlobals.filter(isLuaGlobal) : LUA_GLOBALS,
      maxResultLength: MAX_SCRIPT_RESULT_LENGTH,
    };
    const { result, logs } = await this.run(request, limits.signal);
    return { result: JSON.parse(result) as unknown, logs };
  }

  /**
   * Evaluates JSONata over `input`, JSON. `bindings` are its variables by name: `{ steps }` is `$steps`. A path that leads nowhere
   * is null.
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
    const request: SandboxRequest = {
      kind: 'jsonata',
      expression,
      input: inputOf(input),
      bindings: inputOf(bindings),
      timeoutMs: clamp(limits.timeoutMs, MIN_SCRIPT_TIMEOUT_MS, MAX_SCRIPT_TIMEOUT_MS),
      maxResultLength: MAX_SCRIPT_RESULT_LENGTH,
    };
    const { result } = await this.run(request, limits.signal);
    return JSON.parse(result) as unknown;
  }

  /** Everything that keeps a Lua script from being compiled. @throws UnavailableError when too many scripts are waiting. */
  async checkLua(code: string): Promise<ScriptProblem[]> {
    return (await this.check({ lua: [code] })).lua.get(code) ?? [];
  }

  /**
   * What keeps Lua scripts from being compiled and JSONata expressions from being parsed, by their text; nothing is run. All at once:
   * a definition takes one place in the tenant's line. Parsing is not done here, either: a long expression may take a while.
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
    this.isClosed = true;
    clearInterval(this.sweeper);
    for (const process of this.all) process.kill();
  }

  private run(request: SandboxRequest, signal?: AbortSignal): Promise<SandboxOutcome> {
    return this.queue.run(this.tenant.find()?.tenantId ?? 'platform', async () => {
      signal?.throwIfAborted();
      const process = this.take();
      try {
        return await process.run(request, signal);
      } finally {
        this.giveBack(process);
      }
    });
  }

  private async judge(lua: readonly string[], jsonata: readonly string[]): Promise<SandboxProblems> {
    try {
      const { result } = await this.run({ kind: 'check', lua, jsonata, timeoutMs: CHECK_TIMEOUT_MS });
      return JSON.parse(result) as SandboxProblems;
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      // Which of them has broken the process, nobody knows.
      const problem = { message: error.message };
      return { lua: lua.map(() => problem), jsonata: jsonata.map(() => problem) };
    }
  }

  private take(): SandboxProcess {
    if (this.isClosed) throw new UnavailableError();
    for (let last = this.idle.pop(); last; last = this.idle.pop()) {
      if (last.process.isAlive) return last.process;
      this.all.delete(last.process);
    }
    const process = new SandboxProcess();
    this.all.add(process);
    return process;
  }

  private giveBack(process: SandboxProcess): void {
    if (!process.isAlive) {
      this.all.delete(process);
      return;
    }
    this.idle.push({ process, since: performance.now() });
    this.sweeper ??= setInterval(() => this.endIdle(), IDLE_MS / 2).unref();
  }

  private endIdle(): void {
    while (this.idle[0] && performance.now() - this.idle[0].since > IDLE_MS) {
      const { process } = this.idle.shift()!;
      this.all.delete(process);
      process.kill();
    }
  }
}

/** What is too long, and the rest, each text once. */
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

function inputOf(value: unknown): string {
  const json = JSON.stringify(value ?? null);
  assertLength(json, MAX_SCRIPT_INPUT_LENGTH, 'The input');
  return json;
}

function assertLength(text: string, max: number, noun: string): void {
  if (text.length > max) throw new ScriptError('runtime', tooLong(noun, max).message);
}

function tooLong(noun: string, max: number): ScriptProblem {
  return { code: 'too_long', message: `${noun} is longer than ${max} characters.` };
}
