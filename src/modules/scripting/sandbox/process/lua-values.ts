// Runs inside sandbox processes, as TypeScript in tests: erasable syntax only, and only type imports.

const NIL = 0;
const BOOLEAN = 1;
const NUMBER = 3;
const STRING = 4;
const TABLE = 5;
const TYPE_NAMES: Record<number, string> = { 2: 'userdata', 6: 'function', 7: 'userdata', 8: 'coroutine' };

const MAX_DEPTH = 64;
const MAX_VALUES = 100_000;

/**
 * The part of Lua's C API that is used, as wasmoon wraps it. Integers are bigints; tables and functions stay on the
 * stack.
 */
export interface LuaApi {
  lua_checkstack(L: number, slots: number): number;
  lua_createtable(L: number, arraySlots: number, recordSlots: number): void;
  lua_getmetatable(L: number, index: number): number;
  lua_gettop(L: number): number;
  lua_isinteger(L: number, index: number): number;
  lua_next(L: number, index: number): number;
  lua_pushboolean(L: number, value: number): void;
  lua_pushinteger(L: number, value: bigint): void;
  lua_pushnil(L: number): void;
  lua_pushnumber(L: number, value: number): void;
  lua_pushvalue(L: number, index: number): void;
  lua_rawset(L: number, index: number): void;
  lua_rawseti(L: number, index: number, n: bigint): void;
  lua_setmetatable(L: number, index: number): number;
  lua_settop(L: number, index: number): void;
  lua_toboolean(L: number, index: number): number;
  lua_tointegerx(L: number, index: number, isNumber: null): bigint;
  lua_tonumberx(L: number, index: number, isNumber: null): number;
  lua_topointer(L: number, index: number): number;
  lua_type(L: number, index: number): number;
  module: {
    HEAPU8: Uint8Array;
    HEAPU32: Uint32Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _lua_pushlstring(L: number, pointer: number, bytes: number): number;
    _lua_tolstring(L: number, index: number, lengthPointer: number): number;
  };
}

/** A value cannot be converted between Lua and JSON. */
export class LuaValueError extends Error {
  override name = 'LuaValueError';
}

/** Converts JSON values to Lua and back. Never calls metamethods, so it runs none of the script's code. */
export class LuaValues {
  private readonly lua: LuaApi;
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly lengthPointer: number;
  private arrayMetatable = 0;
  private arrayMetatableIndex = 0;

  constructor(lua: LuaApi) {
    this.lua = lua;
    this.lengthPointer = lua.module._malloc(8);
  }

  /**
   * Treats tables with the metatable at this stack index as arrays, even when they are empty. The metatable stays on
   * the stack.
   */
  markArraysBy(L: number, index: number): void {
    this.arrayMetatableIndex = index;
    this.arrayMetatable = this.lua.lua_topointer(L, index);
  }

  /** Pushes a JSON value. Null becomes nil, so null members of objects are absent. Whole numbers become integers. */
  push(L: number, value: unknown, depth = 0): void {
    const { lua } = this;
    if (depth > MAX_DEPTH) throw new LuaValueError(`The input is nested more than ${MAX_DEPTH} levels deep`);
    lua.lua_checkstack(L, 4);
    if (value === null || value === undefined) lua.lua_pushnil(L);
    else if (typeof value === 'boolean') lua.lua_pushboolean(L, value ? 1 : 0);
    else if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) lua.lua_pushinteger(L, BigInt(value));
      else lua.lua_pushnumber(L, value);
    } else if (typeof value === 'string') this.pushText(L, value);
    else if (Array.isArray(value)) {
      lua.lua_createtable(L, value.length, 0);
      for (const [index, item] of value.entries()) {
        this.push(L, item, depth + 1);
        lua.lua_rawseti(L, -2, BigInt(index + 1));
      }
      lua.lua_pushvalue(L, this.arrayMetatableIndex);
      lua.lua_setmetatable(L, -2);
    } else {
      const entries = Object.entries(value);
      lua.lua_createtable(L, 0, entries.length);
      for (const [key, item] of entries) {
        this.pushText(L, key);
        this.push(L, item, depth + 1);
        lua.lua_rawset(L, -3);
      }
    }
  }

  pushText(L: number, text: string): void {
    const { module } = this.lua;
    const bytes = this.encoder.encode(text);
    const pointer = module._malloc(bytes.length || 1);
    module.HEAPU8.set(bytes, pointer);
    module._lua_pushlstring(L, pointer, bytes.length);
    module._free(pointer);
  }

  /**
   * Reads the value at `index` as JSON. Integers beyond 2^53 become strings. A table is an array if it is marked as one
   * (missing items become null) or its keys are 1 to n, and an object otherwise; an unmarked empty table is an object.
   * @throws LuaValueError
   */
  read(L: number, index: number): unknown {
    return this.readValue(L, this.absolute(L, index), { values: 0, path: [] });
  }

  /** Returns up to `maxBytes` of the string at `index`; undefined if it is not a string. Invalid UTF-8 is replaced. */
  readText(L: number, index: number, maxBytes: number): string | undefined {
    if (this.lua.lua_type(L, index) !== STRING) return undefined;
    const bytes = this.bytes(L, index);
    // In stream mode a character that is cut in half is omitted.
    return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: bytes.length > maxBytes });
  }

  isTable(L: number, index: number): boolean {
    return this.lua.lua_type(L, index) === TABLE;
  }

  private readValue(L: number, index: number, state: { values: number; path: number[] }): unknown {
    const { lua } = this;
    state.values += 1;
    if (state.values > MAX_VALUES) throw new LuaValueError(`The result contains more than ${MAX_VALUES} values`);
    const type = lua.lua_type(L, index);
    if (type === NIL) return null;
    if (type === BOOLEAN) return lua.lua_toboolean(L, index) !== 0;
    if (type === NUMBER) return this.readNumber(L, index);
    if (type === STRING) return this.readString(L, index);
    if (type !== TABLE) throw new LuaValueError(`The result contains a ${TYPE_NAMES[type] ?? 'value of unknown type'}`);

    const pointer = lua.lua_topointer(L, index);
    if (state.path.includes(pointer)) throw new LuaValueError('The result contains a table that contains itself');
    if (state.path.length >= MAX_DEPTH || lua.lua_checkstack(L, 8) === 0) {
      throw new LuaValueError(`The result is nested more than ${MAX_DEPTH} levels deep`);
    }
    state.path.push(pointer);
    const entries = new Map<string | number, unknown>();
    lua.lua_pushnil(L);
    while (lua.lua_next(L, index) !== 0) {
      entries.set(this.readKey(L, -2), this.readValue(L, lua.lua_gettop(L), state));
      lua.lua_settop(L, -2);
    }
    state.path.pop();
    return this.isArray(L, index, entries) ? listOf(entries) : Object.fromEntries(entries);
  }

  private isArray(L: number, index: number, entries: Map<string | number, unknown>): boolean {
    const keys = [...entries.keys()];
    if (!keys.every((key) => typeof key === 'number' && key >= 1 && key <= MAX_VALUES)) return false;
    if (this.isMarked(L, index)) return true;
    return keys.length > 0 && keys.every((key) => Number(key) <= keys.length);
  }

  private isMarked(L: number, index: number): boolean {
    if (this.lua.lua_getmetatable(L, index) === 0) return false;
    const pointer = this.lua.lua_topointer(L, -1);
    this.lua.lua_settop(L, -2);
    return pointer === this.arrayMetatable;
  }

  private readKey(L: number, index: number): string | number {
    const type = this.lua.lua_type(L, index);
    if (type === STRING) return this.readString(L, index);
    if (type === NUMBER && this.lua.lua_isinteger(L, index) !== 0) return Number(this.readNumber(L, index));
    throw new LuaValueError('The result contains a table with a key that is neither a string nor an integer');
  }

  private readNumber(L: number, index: number): number | string {
    if (this.lua.lua_isinteger(L, index) !== 0) {
      const integer = this.lua.lua_tointegerx(L, index, null);
      const number = Number(integer);
      return Number.isSafeInteger(number) ? number : String(integer);
    }
    const number = this.lua.lua_tonumberx(L, index, null);
    if (!Number.isFinite(number))
      throw new LuaValueError(`The result contains a number that JSON cannot represent: ${number}`);
    return number;
  }

  private readString(L: number, index: number): string {
    let text: string;
    try {
      text = this.decoder.decode(this.bytes(L, index));
    } catch {
      throw new LuaValueError('The result contains a string that is not UTF-8');
    }
    if (text.includes('\0')) throw new LuaValueError('The result contains a string with a NUL character');
    return text;
  }

  /**
   * Only for strings: on a number `lua_tolstring` would convert the value on the stack, and with it the key that
   * `lua_next` needs.
   */
  private bytes(L: number, index: number): Uint8Array {
    const { module } = this.lua;
    const pointer = module._lua_tolstring(L, index, this.lengthPointer);
    return module.HEAPU8.subarray(pointer, pointer + (module.HEAPU32[this.lengthPointer >> 2] ?? 0));
  }

  private absolute(L: number, index: number): number {
    return index < 0 ? this.lua.lua_gettop(L) + index + 1 : index;
  }
}

function listOf(entries: Map<string | number, unknown>): unknown[] {
  const list: unknown[] = [];
  for (const [key, value] of entries) list[Number(key) - 1] = value;
  return Array.from(list, (item) => item ?? null);
}
