/** Limits of one execution of a script. */
export interface ScriptLimits {
  /** Wall-clock time, MIN_SCRIPT_TIMEOUT_MS to MAX_SCRIPT_TIMEOUT_MS; what is outside is moved to the nearer end. */
  readonly timeoutMs: number;
  /**
   * Lua: what the script may allocate on top of its input, at most MAX_SCRIPT_MEMORY_BYTES.
   * JSONata has the ceiling of its process, MAX_SCRIPT_MEMORY_BYTES.
   */
  readonly memoryBytes: number;
  /** Lua: the names of LUA_GLOBALS that exist for the script. Absent or empty: all of them. The script's input is always there. */
  readonly allowedGlobals?: readonly string[];
  /** Ends the script, whatever it does, and makes its run fail with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** One thing that is wrong with a script or an expression. `line` and `column` count from 1, `position` from 0. */
export interface ScriptProblem {
  readonly code: 'syntax' | 'type' | 'too_long';
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly position?: number;
  /** It took too long to be judged, or too much memory, which need not be its own fault. */
  readonly isPassing?: boolean;
}

export interface LuaOutcome {
  /** JSON-safe. `null` when the script returned nothing. */
  readonly result: unknown;
  /** The arguments of `log` and `print`, within limits. */
  readonly logs: string[];
}

export const MIN_SCRIPT_TIMEOUT_MS = 100;
export const MAX_SCRIPT_TIMEOUT_MS = 30_000;
export const DEFAULT_SCRIPT_TIMEOUT_MS = 5000;

export const MIN_SCRIPT_MEMORY_BYTES = 262_144;
export const MAX_SCRIPT_MEMORY_BYTES = 67_108_864;
export const DEFAULT_SCRIPT_MEMORY_BYTES = 10_485_760;

/** Characters of a Lua script, and of an expression in JSONata or CEL. */
export const MAX_SCRIPT_LENGTH = 262_144;
export const MAX_EXPRESSION_LENGTH = 16_384;
export const MAX_CONDITION_LENGTH = 4096;

/** Characters of what goes in and comes out, as JSON. */
export const MAX_SCRIPT_INPUT_LENGTH = 4_194_304;
export const MAX_SCRIPT_RESULT_LENGTH = 1_048_576;

/** Everything a Lua script can use beside its input. There is no way to files, processes, the clock's host, or other code. */
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
