import type { SandboxRequest } from './sandbox-protocol.types.js';
import type { LuaApi, LuaValues } from './lua-values.js';

// Runs inside sandbox processes, as TypeScript in tests: erasable syntax only, and only type imports.

const OK = 0;
const ERROR_SYNTAX = 3;
const ERROR_MEMORY = 4;

const MAX_LOG_LINES = 200;
const MAX_LOG_LINE_LENGTH = 2000;
const MAX_LOG_LENGTH = 65_536;
const MAX_MESSAGE_BYTES = 2000;

interface LuaEngineApi extends LuaApi {
  luaL_loadbufferx(L: number, pointer: number, bytes: number, name: string, mode: string): number;
  lua_pcallk(L: number, args: number, results: number, handler: number, context: number, k: null): number;
  lua_pushcclosure(L: number, functionPointer: number, upvalues: number): void;
  lua_getglobal(L: number, name: string): number;
  lua_setglobal(L: number, name: string): void;
  lua_setfield(L: number, index: number, name: string): void;
  luaopen_base(L: number): number;
  luaopen_coroutine(L: number): number;
  luaopen_math(L: number): number;
  luaopen_string(L: number): number;
  luaopen_table(L: number): number;
  luaopen_utf8(L: number): number;
  module: LuaApi['module'] & { addFunction(fn: (L: number) => number, signature: string): number };
}

/**
 * The part of wasmoon that is used. Its own conversions are not used, because they expose JavaScript objects to
 * scripts.
 */
export interface Wasmoon {
  LuaFactory: new () => { getLuaModule(): Promise<LuaEngineApi> };
  LuaGlobal: new (
    lua: LuaEngineApi,
    traceAllocations: boolean,
  ) => { readonly address: number; getMemoryUsed(): number; setMemoryMax(bytes: number | undefined): void };
}

type LuaRequest = Extract<SandboxRequest, { kind: 'lua' }>;

/** The outcome of a script. `value` is the value to convert, `message` Lua's error. */
export type LuaEnd =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'error'; readonly kind: 'syntax' | 'runtime' | 'memory'; readonly message: string };

/**
 * One Lua state in a WebAssembly instance of its own, for one script, discarded with it. It is never closed: closing
 * would run finalizers, which are the script's code.
 */
export class LuaScript {
  readonly logs: string[] = [];
  private logLength = 0;
  private readonly lua: LuaEngineApi;
  private readonly L: number;
  private readonly memory: InstanceType<Wasmoon['LuaGlobal']>;
  private readonly values: LuaValues;

  private constructor(wasmoon: Wasmoon, lua: LuaEngineApi, Values: typeof LuaValues) {
    this.lua = lua;
    this.memory = new wasmoon.LuaGlobal(lua, true);
    this.L = this.memory.address;
    this.values = new Values(lua);
  }

  static async create(wasmoon: Wasmoon, Values: typeof LuaValues): Promise<LuaScript> {
    return new LuaScript(wasmoon, await new wasmoon.LuaFactory().getLuaModule(), Values);
  }

  /** Memory of the instance in bytes, including what Lua has freed. */
  get bytes(): number {
    return this.lua.module.HEAPU8.byteLength;
  }

  /** Returns the compile error, or undefined if the code compiles. Runs nothing. */
  check(code: string): string | undefined {
    const problem = this.load(code) === OK ? undefined : this.message();
    this.lua.lua_settop(this.L, -2);
    return problem;
  }

  /** Sets up the environment and the input, before the script itself. @throws LuaValueError */
  prepare({ globals, allowedGlobals }: LuaRequest): void {
    const { lua, L, values } = this;
    lua.lua_createtable(L, 0, 0);
    values.markArraysBy(L, lua.lua_gettop(L));
    this.openLibraries(new Set(allowedGlobals));
    for (const [name, value] of Object.entries(JSON.parse(globals) as object)) {
      values.push(L, value);
      lua.lua_setglobal(L, name);
    }
  }

  /** Runs the script without a time limit: the caller enforces one. */
  run({ code, memoryBytes }: LuaRequest): LuaEnd {
    const { lua, L, memory } = this;
    // From here on allocations may fail. Outside of a protected call a failed allocation would abort the instance.
    memory.setMemoryMax(memory.getMemoryUsed() + memoryBytes);
    const loaded = this.load(code);
    const status = loaded === OK ? lua.lua_pcallk(L, 0, 1, 0, 0, null) : loaded;
    memory.setMemoryMax(undefined);
    if (status === OK) return { type: 'value', value: this.values.read(L, -1) };
    const kind = status === ERROR_SYNTAX ? 'syntax' : status === ERROR_MEMORY ? 'memory' : 'runtime';
    return { type: 'error', kind, message: this.message() };
  }

  private openLibraries(allowed: Set<string>): void {
    const { lua, L } = this;
    lua.luaopen_base(L);
    lua.lua_settop(L, -2);
    for (const name of ['coroutine', 'math', 'string', 'table', 'utf8'] as const) {
      if (!allowed.has(name)) continue;
      lua[`luaopen_${name}`](L);
      if (name === 'string') {
        // Removes `string.dump`: no bytecode is loaded here, so scripts have no use for it.
        lua.lua_pushnil(L);
        lua.lua_setfield(L, -2, 'dump');
      }
      lua.lua_setglobal(L, name);
    }
    this.defineLog();
    this.defineArray();
    for (const name of this.globalNames()) {
      if (allowed.has(name)) continue;
      lua.lua_pushnil(L);
      lua.lua_setglobal(L, name);
    }
  }

  private defineLog(): void {
    const { lua, L } = this;
    const pointer = lua.module.addFunction((caller) => {
      this.log(caller);
      return 0;
    }, 'ii');
    for (const name of ['log', 'print']) {
      lua.lua_pushcclosure(L, pointer, 0);
      lua.lua_setglobal(L, name);
    }
  }

  /**
   * Defines `array(t)`, which marks a table as an array; this matters for empty tables. The function's upvalue is the
   * marking metatable.
   */
  private defineArray(): void {
    const { lua, L } = this;
    this.load('local mark, set = ..., setmetatable\nfunction array(t) return set(t or {}, mark) end');
    lua.lua_pushvalue(L, 1);
    lua.lua_pcallk(L, 1, 0, 0, 0, null);
  }

  private globalNames(): string[] {
    const { lua, L, values } = this;
    const names: string[] = [];
    lua.lua_getglobal(L, '_G');
    lua.lua_pushnil(L);
    while (lua.lua_next(L, -2) !== 0) {
      names.push(values.readText(L, -2, 100) ?? '');
      lua.lua_settop(L, -2);
    }
    lua.lua_settop(L, -2);
    return names;
  }

  /** Loads source text only, since bytecode can break out of Lua. Errors name the chunk "script". */
  private load(code: string): number {
    const { module } = this.lua;
    const bytes = new TextEncoder().encode(code);
    const pointer = module._malloc(bytes.length || 1);
    module.HEAPU8.set(bytes, pointer);
    const status = this.lua.luaL_loadbufferx(this.L, pointer, bytes.length, '=script', 't');
    module._free(pointer);
    return status;
  }

  private message(): string {
    const { L, values } = this;
    const text = values.readText(L, -1, MAX_MESSAGE_BYTES);
    if (text !== undefined) return text;
    try {
      const value = values.read(L, -1);
      if (value === null) return 'The script failed without a message.';
      const { message } = value as { message?: unknown };
      return typeof message === 'string' ? message : firstOf(JSON.stringify(value), MAX_MESSAGE_BYTES);
    } catch {
      return 'The script raised an error that cannot be displayed.';
    }
  }

  /** Called by the script. Must not throw, because the exception would cross Lua's frames. */
  private log(caller: number): void {
    if (this.logs.length > MAX_LOG_LINES || this.logLength > MAX_LOG_LENGTH) return;
    const parts: string[] = [];
    for (let index = 1; index <= Math.min(this.lua.lua_gettop(caller), 20); index += 1)
      parts.push(this.shown(caller, index));
    const line = firstOf(parts.join('\t'), MAX_LOG_LINE_LENGTH);
    this.logLength += line.length;
    const isFull = this.logs.length === MAX_LOG_LINES || this.logLength > MAX_LOG_LENGTH;
    this.logs.push(isFull ? '… the rest was omitted' : line);
  }

  private shown(caller: number, index: number): string {
    const text = this.values.readText(caller, index, MAX_LOG_LINE_LENGTH * 4);
    if (text !== undefined) return text.replaceAll('\0', '\uFFFD');
    try {
      return JSON.stringify(this.values.read(caller, index));
    } catch (error) {
      return `<${error instanceof Error ? error.message : 'unknown'}>`;
    }
  }
}

/**
 * Returns the beginning of a text without splitting a surrogate pair. Duplicated here because this file cannot import
 * the shared function.
 */
function firstOf(text: string, max: number): string {
  return text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
}
