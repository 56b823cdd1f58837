import type { ScriptErrorKind } from '../script.errors.js';

/** What the program asks of a sandbox process, one at a time. JSON travels as text, so that neither side walks it twice. */
export type SandboxRequest =
  | {
      readonly kind: 'lua';
      readonly code: string;
      /** A JSON object: the script's input by global name. */
      readonly globals: string;
      readonly timeoutMs: number;
      readonly memoryBytes: number;
      /** Names that exist beside the input. */
      readonly allowedGlobals: readonly string[];
      readonly maxResultLength: number;
    }
  | {
      /** Judges scripts and expressions without running them; the result is `SandboxProblems`. */
      readonly kind: 'check';
      readonly lua: readonly string[];
      readonly jsonata: readonly string[];
      readonly timeoutMs: number;
    }
  | {
      /** The result is true or false. */
      readonly kind: 'condition';
      readonly condition: string;
      readonly variables: readonly string[];
      /** A JSON object: variables by name. */
      readonly scope: string;
      /** Approximate CPU time. */
      readonly cpuMs: number;
      readonly timeoutMs: number;
    }
  | {
      /** Judges conditions without evaluating them; the result is a list of `CelProblem` and null. */
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

/** What is wrong with each text of a check, in their order. */
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

/** Where a sandbox process finds the languages that it is to know: URLs of modules, and the path of JSONata's text. */
export interface SandboxLanguages {
  readonly wasmoon?: string;
  readonly jsonata?: string;
  readonly cel?: string;
  /** The module of the rule for times, as an URL; conditions need it. */
  readonly times?: string;
}

/** Messages of a sandbox process: `ready` once, and for each request first `started`, then the outcome. */
export type SandboxReply =
  | { readonly type: 'ready' }
  | { readonly type: 'started' }
  | { readonly type: 'done'; /** JSON. */ readonly result: string; readonly logs: string[] }
  | { readonly type: 'failed'; readonly failure: SandboxFailure; readonly logs: string[] };
