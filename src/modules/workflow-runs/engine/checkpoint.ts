import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import type { RunError, RunOwner, StepStatus } from '../runs.types.js';

/** The right to save for a run, until somebody else claims it. */
export interface Lease {
  readonly runId: string;
  readonly fence: number;
}

/** The new state of a step. Input, approvers and deadline are kept if absent; everything else is replaced. */
export interface StepChange {
  nodeId: string;
  nodeType: string;
  status: StepStatus;
  attempts: number;
  /** The attempt begins with this checkpoint. */
  begins?: boolean;
  /** The step is over, for now or for good. */
  ends?: boolean;
  input?: JsonValue;
  output?: JsonValue;
  error?: RunError;
  wakeAt?: Date;
  approvers?: string[];
  deadlineAt?: Date;
}

export interface NewRunEvent {
  type: string;
  nodeId?: string;
  data?: JsonObject;
}

/** Changes since the last checkpoint, which are saved atomically. */
export interface Checkpoint {
  steps: StepChange[];
  events: NewRunEvent[];
  /** Nothing is left of what was cut off when a worker died. */
  hasRecovered?: boolean;
}

/** What was asked of the run in the meantime. */
export interface RunSignals {
  /** Grows with each of them. */
  signal: number;
  cancelRequested: boolean;
  /** With whose rights it acts: somebody else may have taken over. */
  owner: RunOwner | null;
}

/** How a run ends. */
export type RunEnd =
  { status: 'succeeded'; outputs: JsonObject } | { status: 'failed'; error: RunError } | { status: 'cancelled' };

/** Somebody else has claimed the run: whatever this worker knows of it may be out of date, and nothing it does is saved. */
export class LeaseLostError extends Error {
  constructor(runId: string) {
    super(`The lease of run ${runId} was lost.`);
    this.name = 'LeaseLostError';
  }
}
