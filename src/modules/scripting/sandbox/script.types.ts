/** Limits of one execution of a script. */
export interface ScriptLimits {
  /** Wall-clock time, clamped to MIN_SCRIPT_TIMEOUT_MS … MAX_SCRIPT_TIMEOUT_MS. */
  readonly timeoutMs: number;
  /**
   * Lua: memory that the script may allocate in addition to its input, at most MAX_SCRIPT_MEMORY_BYTES. JSONata always
   * has the limit of its process, MAX_SCRIPT_MEMORY_BYTES.
   */
  readonly memoryBytes: number;
  /**
   * Lua: the names in LUA_GLOBALS that the script may use. Absent or empty: all of them. The script's input is always
   * available.
   */
  readonly allowedGlobals?: readonly string[];
  /** Stops the script immediately, and makes its run fail with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A problem of a script or an expression. `line` and `column` count from 1, `position` from 0. */
export interface ScriptProblem {
  readonly code: 'syntax' | 'type' | 'too_long';
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly position?: number;
  /** True if the check ran out of time or memory, which may not be the text's own fault. */
  readonly isPassing?: boolean;
}

export interface LuaOutcome {
  /** A JSON value; `null` if the script returned nothing. */
  readonly result: unknown;
  /** The messages passed to `log` and `print`, within limits. */
  readonly logs: string[];
}

export const MIN_SCRIPT_TIMEOUT_MS = 100;
export const MAX_SCRIPT_TIMEOUT_MS = 30_000;
export const DEFAULT_SCRIPT_TIMEOUT_MS = 5000;

export const MIN_SCRIPT_MEMORY_BYTES = 262_144;
export const MAX_SCRIPT_MEMORY_BYTES = 67_108_864;
export const DEFAULT_SCRIPT_MEMORY_BYTES = 10_485_760;

/** Maximum length in characters of a Lua script, and of an expression in JSONata or CEL. */
export const MAX_SCRIPT_LENGTH = 262_144;
export const MAX_EXPRESSION_LENGTH = 16_384;
export const MAX_CONDITION_LENGTH = 4096;

/** Maximum length in characters of inputs and results, as JSON. */
export const MAX_SCRIPT_INPUT_LENGTH = 4_194_304;
export const MAX_SCRIPT_RESULT_LENGTH = 1_048_576;

/**
 * Everything a Lua script can use in addition to its input. Nothing here gives access to files, processes, the host or
 * other code.
 */
export const LUA_GLOBALS = [
  'array',
  'assert',
  'coroutine',
  'error',
  'getmetatable',
  'ipairs',
  'log',
  'math',
  'next',
  'pairs',
  'pcall',
  'print',
  'rawequal',
  'rawget',
  'rawlen',
  'rawset',
  'select',
  'setmetatable',
  'string',
  'table',
  'tonumber',
  'tostring',
  'type',
  'utf8',
  'xpcall',
] as const;
