export type ScriptErrorKind = 'syntax' | 'runtime' | 'timeout' | 'memory';

/** A script or expression failed by its own fault. `message` is for the people who wrote it. */
export class ScriptError extends Error {
  constructor(
    readonly kind: ScriptErrorKind,
    message: string,
    /** Of the script, from 1. */
    readonly line?: number,
    /** What it logged before it failed; empty when it had to be killed. */
    readonly logs: string[] = [],
    /** Of the line, from 1. */
    readonly column?: number,
  ) {
    super(message);
    this.name = 'ScriptError';
  }
}
