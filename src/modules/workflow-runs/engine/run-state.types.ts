import type { JsonValue } from '../../../common/json/json-object.js';
import type { WorkflowNode } from '../../workflows/definitions/definition.types.js';
import type { RunError } from '../runs.types.js';
import type { RunEnd } from './checkpoint.js';

/** Why an attempt failed, and whether the same may succeed later. */
export interface StepFailure {
  error: RunError;
  isRetryable: boolean;
  /** No fault of the step: something was overloaded or away. */
  isTemporary: boolean;
  /** The least pause before another attempt, as the other side asked for it. At most a day is waited. */
  retryAfterMs?: number;
}

export interface StepWait {
  until?: Date;
  approval?: { message?: string; deadline?: Date; approvers?: readonly string[] };
}

/** An attempt to begin. */
export interface StepStart {
  node: WorkflowNode;
  input: JsonValue;
  attempt: number;
}

export type RunProgress =
  { kind: 'continue' } | { kind: 'end'; end: RunEnd } | { kind: 'suspend'; wakeAt: Date | null };
