export type ScriptErrorKind = 'syntax' | 'runtime' | 'timeout' | 'memory';

/** A script or expression failed through its own fault. `message` is for its authors. */
export class ScriptError extends Error {
  constructor(
    readonly kind: ScriptErrorKind,
    message: string,
    /** Line of the script, from 1. */
    readonly line?: number,
    /** Messages logged before it failed; empty if it had to be killed. */
    readonly logs: string[] = [],
    /** Column in the line, from 1. */
    readonly column?: number,
  ) {
    super(message);
    this.name = 'ScriptError';
  }
}
