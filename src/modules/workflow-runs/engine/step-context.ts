import type { Actor } from '../../../common/identity/actor.js';
import type { ExpressionScope } from '../../scripting/sandbox/expression-scope.types.js';

export interface StepContext {
  runId: string;
  attempt: number;
  actor: Actor;
  /** Version numbers of the scripts that the workflow references, by script id. */
  scriptVersions: Readonly<Record<string, number>>;
  scope: ExpressionScope;
  signal: AbortSignal;
  log(message: string, data?: unknown): void;
}
