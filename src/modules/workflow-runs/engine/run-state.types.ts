import type { JsonValue } from '../../../common/json/json-object.js';
import type { WorkflowNode } from '../../workflows/definitions/definition.types.js';
import type { RunError } from '../runs.types.js';
import type { RunEnd } from './checkpoint.js';

/** Why an attempt failed, and whether another one may succeed. */
export interface StepFailure {
  error: RunError;
  isRetryable: boolean;
  /** The failure is not the step's fault: something was overloaded or unavailable. */
  isTemporary: boolean;
  /** Minimum delay before another attempt, as requested by the other side; limited to a day. */
  retryAfterMs?: number;
}

export interface StepWait {
  until?: Date;
  approval?: { message?: string; deadline?: Date; approvers?: readonly string[] };
}

/** An attempt that is about to start. */
export interface StepStart {
  node: WorkflowNode;
  input: JsonValue;
  attempt: number;
}

export type RunProgress =
  { kind: 'continue' } | { kind: 'end'; end: RunEnd } | { kind: 'suspend'; wakeAt: Date | null };
