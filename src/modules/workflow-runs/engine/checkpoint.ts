import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import type { RunError, RunOwner, StepStatus } from '../runs.types.js';

/** The right to save a run, until another worker claims it. */
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
  /** Whether an attempt begins with this checkpoint. */
  begins?: boolean;
  /** Whether the attempt ends with this checkpoint, and perhaps the step. */
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
  /** Whether all steps that were interrupted by a worker's crash have ended. */
  hasRecovered?: boolean;
}

/** Requests that the run received in the meantime. */
export interface RunSignals {
  /** Increases with each request. */
  signal: number;
  cancelRequested: boolean;
  /** The user with whose rights it acts, who may have changed by a hand-over. */
  owner: RunOwner | null;
}

/** How a run ended. */
export type RunEnd =
  { status: 'succeeded'; outputs: JsonObject } | { status: 'failed'; error: RunError } | { status: 'cancelled' };

/** Another worker has claimed the run: the state of this worker may be outdated, and nothing it does is saved. */
export class LeaseLostError extends Error {
  constructor(runId: string) {
    super(`The lease of run ${runId} was lost.`);
    this.name = 'LeaseLostError';
  }
}
