import type { Listed } from '../../../common/dbal/large-values.types.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import type { PageQuery, SortOrder } from '../../../common/contracts/page.js';
import type { ScriptErrorKind } from '../sandbox/script.errors.js';

/** Types of parameters and return values. */
export const SCRIPT_VALUE_TYPES = ['any', 'string', 'number', 'boolean', 'object', 'array'] as const;
export type ScriptValueType = (typeof SCRIPT_VALUE_TYPES)[number];

/** A field of the script's `input`. */
export interface ScriptParameter {
  name: string;
  type: ScriptValueType;
}

export const LUA_SCRIPT_SORTS = ['name', 'createdAt', 'updatedAt'] as const;
export type LuaScriptOrder = SortOrder<(typeof LUA_SCRIPT_SORTS)[number]>;
export type LuaScriptList = PageQuery & { search?: string; sort?: string };

export interface LuaScript {
  id: string;
  name: string;
  description: string | null;
  code: string;
  parameters: ScriptParameter[];
  returnType: ScriptValueType | null;
  /** Always true: scripts run only in the sandbox. */
  isSandboxed: boolean;
  /** Names of the Lua globals that the script may use. Empty: all of `LUA_GLOBALS`. */
  allowedGlobals: string[];
  /** 100 to 30,000. */
  timeoutMs: number;
  createdBy: string | null;
  /** Version of the row, for the ETag. */
  version: number;
  /** Number of the newest version of what it does. */
  definitionVersion: number;
  createdAt: Date;
  updatedAt: Date;
}

export type ListedLuaScript = Listed<LuaScript, 'code'>;

export type NewLuaScript = Pick<LuaScript, 'name' | 'code'> &
  Partial<Pick<LuaScript, 'description' | 'parameters' | 'returnType' | 'allowedGlobals' | 'timeoutMs'>>;

/** Absent fields are left unchanged; null clears. */
export type LuaScriptChanges = Partial<NewLuaScript>;

/** The result of a trial run. A script that fails does not fail the request. */
export interface ScriptTrial {
  succeeded: boolean;
  result: JsonValue;
  /** Messages logged until the script ended. */
  logs: string[];
  error: { kind: ScriptErrorKind | 'input' | 'return_type'; message: string; line?: number } | null;
  durationMs: number;
}
