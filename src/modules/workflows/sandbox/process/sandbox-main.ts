import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { createContext, Script } from 'node:vm';
import type {
  SandboxFailure,
  SandboxProblem,
  SandboxProblems,
  SandboxReply,
  SandboxRequest,
} from './sandbox-protocol.types.js';
import type { LuaScript, Wasmoon } from './lua-script.js';

// The program of a sandbox process: `node … sandbox-main.js <URL of wasmoon> <path of jsonata>`. In tests Node runs this very file
// as TypeScript, which does not find a `.ts` behind the name of a `.js`: hence the computed names, and erasable syntax only.
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const { LuaScript: Lua } = (await import(`./lua-script.${ending}`)) as typeof import('./lua-script.js');
const { LuaValues } = (await import(`./lua-values.${ending}`)) as typeof import('./lua-values.js');
const { JsonataScript } = (await import(`./jsonata-script.${ending}`)) as typeof import('./jsonata-script.js');

const [wasmoonUrl, jsonataPath] = process.argv.slice(2);
const { default: wasmoon } = (await import(wasmoonUrl!)) as { default: Wasmoon };
const parser = new JsonataScript(readFileSync(jsonataPath!, 'utf8'));

// Tenants may keep every process busy: whoever serves requests goes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

/** Made ahead of time: a new instance takes longer than most scripts. */
let nextLua: Promise<LuaScript> = Lua.create(wasmoon, LuaValues);

const TOO_SLOW: SandboxProblem = { message: 'Takes too long to be read.' };

// The time limit of `vm` stops whatever its script calls, WebAssembly included, however the script tries to catch it.
const call = new Script('task()');
const caller = createContext({});

function withinTime<T>(timeoutMs: number, task: () => T): T {
  caller['task'] = task;
  return call.runInContext(caller, { timeout: timeoutMs }) as T;
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

/** Lua says "script:3: what is wrong", and once more for each coroutine that it came through. */
function luaProblem(text: string): SandboxProblem {
  const [, line, message] = /^script:(\d+): (?:script:\d+: )*([\s\S]*)$/.exec(text) ?? [];
  return line === undefined ? { message: text } : { message: message!, line: Number(line) };
}

async function takeLua(): Promise<LuaScript> {
  const lua = await nextLua;
  nextLua = Lua.create(wasmoon, LuaValues);
  return lua;
}

async function runLua(request: Extract<SandboxRequest, { kind: 'lua' }>): Promise<SandboxReply> {
  const lua = await takeLua();
  try {
    lua.prepare(request);
    started();
    const end = withinTime(request.timeoutMs, () => lua.run(request));
    if (end.type === 'value') return done(JSON.stringify(end.value), request.maxResultLength, lua.logs);
    return fail({ kind: end.kind, ...luaProblem(end.message) }, lua.logs);
  } catch (error) {
    const kind = isTimeout(error) ? 'timeout' : 'runtime';
    const message = kind === 'timeout' ? `The script took longer than ${request.timeoutMs} ms.` : messageOf(error);
    return fail({ kind, message }, lua.logs);
  }
}

/** One that takes all the time is at fault, and so is, for want of time, everything behind it. */
async function check({ lua, jsonata, timeoutMs }: Extract<SandboxRequest, { kind: 'check' }>): Promise<SandboxReply> {
  const compiler = await takeLua();
  const parse = parser.openChecker();
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
    const end = parser.evaluate(request);
    if (end.type === 'value') return done(end.json, request.maxResultLength);
    return fail({ kind: end.kind, message: end.message });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return fail({ kind: 'timeout', message: `The expression took longer than ${request.timeoutMs} ms.` });
  }
}

/** What is thrown through Lua: values that JSON has not, and the engine's own end, such as the native stack's. */
function messageOf(error: unknown): string {
  if (error instanceof RangeError) return 'Stack overflow.';
  return error instanceof Error ? `${error.message}.` : 'The script broke its engine.';
}

function reply(message: SandboxReply): void {
  process.send!(message);
}

function started(): void {
  reply({ type: 'started' });
}

async function answer(request: SandboxRequest): Promise<SandboxReply> {
  if (request.kind === 'lua') return await runLua(request);
  return request.kind === 'jsonata' ? runJsonata(request) : await check(request);
}

process.on('message', (request: SandboxRequest) => {
  void answer(request).then(reply);
});
// The program has ended, however it did: nobody waits for an answer any more.
process.on('disconnect', () => process.exit());
await nextLua;
reply({ type: 'ready' });
