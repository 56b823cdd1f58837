import type { ScriptErrorKind } from '../script.errors.js';

/**
 * A request to a sandbox process, one at a time. JSON is sent as text, so that it is not parsed and serialized again in
 * transit.
 */
export type SandboxRequest =
  | {
      readonly kind: 'lua';
      readonly code: string;
      /** A JSON object: the script's input by global name. */
      readonly globals: string;
      readonly timeoutMs: number;
      readonly memoryBytes: number;
      /** Names that exist in addition to the input. */
      readonly allowedGlobals: readonly string[];
      readonly maxResultLength: number;
    }
  | {
      /** Checks scripts and expressions without running them; the result is `SandboxProblems`. */
      readonly kind: 'check';
      readonly lua: readonly string[];
      readonly jsonata: readonly string[];
      readonly timeoutMs: number;
    }
  | {
      /** Evaluates a condition; the result is a boolean. */
      readonly kind: 'condition';
      readonly condition: string;
      readonly variables: readonly string[];
      /** A JSON object: variables by name. */
      readonly scope: string;
      /** Limit of CPU time, approximate. */
      readonly cpuMs: number;
      readonly timeoutMs: number;
    }
  | {
      /** Checks conditions without evaluating them; the result is a list of `CelProblem` or null. */
      readonly kind: 'check-conditions';
      readonly conditions: readonly { readonly condition: string; readonly variables: readonly string[] }[];
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'jsonata';
      readonly expression: string;
      /** JSON. */
      readonly input: string;
      /** A JSON object: variables by name, without `$`. */
      readonly bindings: string;
      readonly timeoutMs: number;
      readonly maxResultLength: number;
    };

/** `line` and `column` count from 1, `position` from 0. */
export interface SandboxProblem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly position?: number;
  /** See `ScriptProblem`. */
  readonly isPassing?: boolean;
}

/** The problems of each text of a check, in order. */
export interface SandboxProblems {
  readonly lua: (SandboxProblem | null)[];
  readonly jsonata: (SandboxProblem | null)[];
}

export interface SandboxFailure {
  readonly kind: ScriptErrorKind;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where a sandbox process finds the languages to load: URLs of modules, and the path of JSONata's source. */
export interface SandboxLanguages {
  readonly wasmoon?: string;
  readonly jsonata?: string;
  readonly cel?: string;
  /** URL of the module with the rule for times; conditions need it. */
  readonly times?: string;
}

/** Messages from a sandbox process: `ready` once, and for each request `started`, then the outcome. */
export type SandboxReply =
  | { readonly type: 'ready' }
  | { readonly type: 'started' }
  | { readonly type: 'done'; /** JSON. */ readonly result: string; readonly logs: string[] }
  | { readonly type: 'failed'; readonly failure: SandboxFailure; readonly logs: string[] };
