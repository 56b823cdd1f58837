import type { Actor } from '../../../common/identity/actor.js';
import type { ExpressionScope } from '../../scripting/sandbox/expression-scope.types.js';

export interface StepContext {
  runId: string;
  attempt: number;
  actor: Actor;
  /** Of the scripts that the workflow names, by their ids. */
  scriptVersions: Readonly<Record<string, number>>;
  scope: ExpressionScope;
  signal: AbortSignal;
  log(message: string, data?: unknown): void;
}
