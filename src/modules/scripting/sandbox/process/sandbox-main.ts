import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { createContext, Script } from 'node:vm';
import type { CelConditions, CelProblem } from './cel-conditions.js';
import type {
  SandboxFailure,
  SandboxLanguages,
  SandboxProblem,
  SandboxProblems,
  SandboxReply,
  SandboxRequest,
} from './sandbox-protocol.types.js';
import type { JsonataScript } from './jsonata-script.js';
import type { LuaScript, Wasmoon } from './lua-script.js';

// The main file of a sandbox process: `node … sandbox-main.js <SandboxLanguages as JSON>`. In tests Node runs this file
// as TypeScript and does not resolve a `.js` import to a `.ts` file: hence the computed names, and erasable syntax
// only.
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const languages = JSON.parse(process.argv[2]!) as SandboxLanguages;

// Tenants may keep the script processes busy, so processes that serve requests have priority. Conditions are short.
if (languages.cel === undefined) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const memory = (await import(`./wasm-memory.${ending}`)) as typeof import('./wasm-memory.js');
const createLua = languages.wasmoon === undefined ? undefined : await luaFrom(languages.wasmoon);
const parser = languages.jsonata === undefined ? undefined : await jsonataFrom(languages.jsonata);
const conditions = languages.cel === undefined ? undefined : await conditionsFrom(languages.cel, languages.times!);

/** Created ahead of time: a new instance takes longer than most scripts. */
let nextLua: Promise<LuaScript> | undefined = createLua?.();

/** Instances larger than this are garbage-collected at once. */
const LARGE_BYTES = 33_554_432;

const TOO_SLOW: SandboxProblem = { message: 'Parsing takes too long.', isPassing: true };
const TOO_SLOW_CONDITION: CelProblem = { ...TOO_SLOW, code: 'syntax' };

// The time limit of `vm` stops everything that its script calls, including WebAssembly, even if the script tries to
// catch it.
const call = new Script('task()');
const caller = createContext({});

async function luaFrom(url: string): Promise<() => Promise<LuaScript>> {
  const { LuaScript: Lua } = (await import(`./lua-script.${ending}`)) as typeof import('./lua-script.js');
  const { LuaValues } = (await import(`./lua-values.${ending}`)) as typeof import('./lua-values.js');
  const { default: wasmoon } = (await import(url)) as { default: Wasmoon };
  memory.limitWasmMemory();
  return () => Lua.create(wasmoon, LuaValues);
}

async function jsonataFrom(path: string): Promise<JsonataScript> {
  const { JsonataScript: Jsonata } = (await import(
    `./jsonata-script.${ending}`
  )) as typeof import('./jsonata-script.js');
  return new Jsonata(readFileSync(path, 'utf8'));
}

async function conditionsFrom(
  url: string,
  timesUrl: string,
): Promise<{
  language: CelConditions;
  parseData: typeof import('./cel-conditions.js').parseData;
}> {
  const module = (await import(`./cel-conditions.${ending}`)) as typeof import('./cel-conditions.js');
  const cel = (await import(url)) as typeof import('@marcbachmann/cel-js');
  const times = (await import(timesUrl)) as typeof import('../../../../common/values/timestamps.js');
  const language = new module.CelConditions(cel, times);
  return { language, parseData: module.parseData };
}

function withinTime<T>(timeoutMs: number, task: () => T): T {
  caller['task'] = task;
  try {
    return call.runInContext(caller, { timeout: timeoutMs }) as T;
  } finally {
    // Keeps no data of one tenant until the next request, which may be another tenant's.
    caller['task'] = undefined;
  }
}

function isTimeout(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

function fail(failure: SandboxFailure, logs: string[] = []): SandboxReply {
  return { type: 'failed', failure, logs };
}

function done(result: string, maxLength: number, logs: string[] = []): SandboxReply {
  if (result.length <= maxLength) return { type: 'done', result, logs };
  return fail({ kind: 'runtime', message: `The result is longer than ${maxLength} characters as JSON.` }, logs);
}

/** Lua reports "script:3: message", with one more prefix for each coroutine that the error passed through. */
function luaProblem(text: string): SandboxProblem {
  const [, line, message] = /^script:(\d+): (?:script:\d+: )*([\s\S]*)$/.exec(text) ?? [];
  return line === undefined ? { message: text } : { message: message!, line: Number(line) };
}

async function takeLua(): Promise<LuaScript> {
  const lua = (await nextLua)!;
  nextLua = createLua?.();
  return lua;
}

async function runLua(request: Extract<SandboxRequest, { kind: 'lua' }>): Promise<SandboxReply> {
  const lua = await takeLua();
  memory.wasExhausted();
  try {
    lua.prepare(request);
    started();
    const end = withinTime(request.timeoutMs, () => lua.run(request));
    if (end.type === 'value') return done(JSON.stringify(end.value), request.maxResultLength, lua.logs);
    return fail({ kind: end.kind, ...luaProblem(end.message) }, lua.logs);
  } catch (error) {
    if (isTimeout(error)) {
      return fail({ kind: 'timeout', message: `The script took longer than ${request.timeoutMs} ms.` }, lua.logs);
    }
    // Before and after the script no protected call catches an out-of-memory error.
    if (memory.wasExhausted()) return fail({ kind: 'memory', message: 'not enough memory' }, lua.logs);
    return fail({ kind: 'runtime', message: messageOf(error) }, lua.logs);
  } finally {
    // Otherwise the next script would find the memory still occupied.
    if (lua.bytes > LARGE_BYTES) setImmediate(() => globalThis.gc?.());
  }
}

/** If one text uses up all the time, it and all texts after it are reported as problems. */
async function check({ lua, jsonata, timeoutMs }: Extract<SandboxRequest, { kind: 'check' }>): Promise<SandboxReply> {
  const compiler = await takeLua();
  const parse = parser!.openChecker();
  started();
  const deadline = performance.now() + timeoutMs;
  const judged = (texts: readonly string[], judge: (text: string, leftMs: number) => SandboxProblem | null) =>
    texts.map((text) => {
      try {
        const leftMs = Math.floor(deadline - performance.now());
        return leftMs < 1 ? TOO_SLOW : judge(text, leftMs);
      } catch (error) {
        if (isTimeout(error)) return TOO_SLOW;
        throw error;
      }
    });
  const problems: SandboxProblems = {
    lua: judged(lua, (code, leftMs) => {
      const text = withinTime(leftMs, () => compiler.check(code));
      return text === undefined ? null : luaProblem(text);
    }),
    jsonata: judged(jsonata, parse),
  };
  return { type: 'done', result: JSON.stringify(problems), logs: [] };
}

function runJsonata(request: Extract<SandboxRequest, { kind: 'jsonata' }>): SandboxReply {
  started();
  try {
    const end = parser!.evaluate(request);
    if (end.type === 'value') return done(end.json, request.maxResultLength);
    return fail({ kind: end.kind, message: end.message });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return fail({ kind: 'timeout', message: `The expression took longer than ${request.timeoutMs} ms.` });
  }
}

/**
 * The limit is CPU time: if the deadline passed while other processes had the CPU, the condition is evaluated again
 * with twice the time. A wall-clock limit alone would fail conditions on a busy machine.
 */
function evaluateCondition(request: Extract<SandboxRequest, { kind: 'condition' }>): SandboxReply {
  const { cpuMs, timeoutMs } = request;
  started();
  const deadline = performance.now() + timeoutMs;
  for (let sliceMs = cpuMs; ; sliceMs *= 2) {
    const before = process.cpuUsage();
    try {
      return withinTime(sliceMs, () => judgeData(request));
    } catch (error) {
      if (!isTimeout(error)) throw error;
      const { user, system } = process.cpuUsage(before);
      const hadItsTime = (user + system) / 1000 > cpuMs / 2;
      if (hadItsTime || performance.now() + sliceMs * 2 > deadline) {
        return fail({ kind: 'timeout', message: `The condition took longer than ${cpuMs} ms.` });
      }
    }
  }
}

function judgeData({ condition, variables, scope }: Extract<SandboxRequest, { kind: 'condition' }>): SandboxReply {
  const { language, parseData } = conditions!;
  const holds = language.parse(condition, variables);
  if (typeof holds !== 'function') return failedFor('syntax', holds);
  const problem = language.check(holds, condition);
  if (problem) return failedFor('syntax', problem);
  const data = new Map(Object.entries(parseData(scope) as object));
  const result = language.evaluate(holds, data, condition);
  return typeof result === 'boolean' ? done(String(result), Infinity) : failedFor('runtime', result);
}

function failedFor(kind: 'syntax' | 'runtime', { message, line, column }: CelProblem): SandboxReply {
  return fail({ kind, message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) });
}

/** As with scripts, a text that uses up all the time is reported as a problem. */
function checkConditions(request: Extract<SandboxRequest, { kind: 'check-conditions' }>): SandboxReply {
  const { language } = conditions!;
  started();
  const deadline = performance.now() + request.timeoutMs;
  const problems = request.conditions.map(({ condition, variables }): CelProblem | null => {
    const leftMs = Math.floor(deadline - performance.now());
    if (leftMs < 1) return TOO_SLOW_CONDITION;
    try {
      return withinTime(leftMs, () => {
        const holds = language.parse(condition, variables);
        return typeof holds === 'function' ? (language.check(holds, condition) ?? null) : holds;
      });
    } catch (error) {
      if (isTimeout(error)) return TOO_SLOW_CONDITION;
      throw error;
    }
  });
  return done(JSON.stringify(problems), Infinity);
}

/**
 * Formats what may be thrown through Lua: values that JSON does not have, and failures of the engine, such as a native
 * stack overflow.
 */
function messageOf(error: unknown): string {
  if (error instanceof RangeError) return 'Stack overflow.';
  return error instanceof Error ? `${error.message}.` : 'The script crashed its interpreter.';
}

function reply(message: SandboxReply): void {
  process.send!(message);
}

function started(): void {
  reply({ type: 'started' });
}

async function answer(request: SandboxRequest): Promise<SandboxReply> {
  switch (request.kind) {
    case 'lua':
      return await runLua(request);
    case 'jsonata':
      return runJsonata(request);
    case 'check':
      return await check(request);
    case 'condition':
      return evaluateCondition(request);
    case 'check-conditions':
      return checkConditions(request);
  }
}

process.on('message', (request: SandboxRequest) => {
  void answer(request).then(reply);
});
// The parent has exited, for whatever reason: nobody waits for a reply.
process.on('disconnect', () => process.exit());
await nextLua;
reply({ type: 'ready' });
