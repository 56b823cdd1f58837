import type { Actor } from '../../../common/identity/actor.js';
import type { ExpressionScope } from '../../scripting/sandbox/expression-scope.types.js';

export interface StepContext {
  runId: string;
  attempt: number;
  actor: Actor;
  /** The scripts that the workflow names, by id. */
  scriptVersions: Readonly<Record<string, number>>;
  scope: ExpressionScope;
  signal: AbortSignal;
  log(message: string, data?: unknown): void;
}
