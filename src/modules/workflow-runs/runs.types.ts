import type { Role } from '../../common/identity/roles.js';
import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
import type { Trigger } from '../workflows/triggers/trigger.types.js';

/**
 * queued: waits for admission or a worker; running: a worker executes it; waiting: suspended until a time or a
 * decision, without using a place; the others are final, but failed and cancelled runs may be retried.
 */
export const RUN_STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export const FINAL_STATUSES: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled'];

/** pending: tried again at `wakeAt`, or when the run is retried. A step that has not been reached yet has no row. */
export const STEP_STATUSES = ['pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/**
 * Why a step or a run failed. `code` is stable, `message` is for people; `nodeId` names the step that made the run
 * fail.
 */
export interface RunError {
  code: string;
  message: string;
  nodeId?: string;
  line?: number;
  column?: number;
  details?: JsonValue;
}

/** A run in a list, without its values. */
export interface RunSummary {
  id: string;
  workflowId: string;
  workflowVersion: number;
  status: RunStatus;
  trigger: Trigger;
  triggeredBy: string | null;
  /** The user with whose rights it acts. */
  ownerId: string | null;
  /** Root of the event tree that started it; null for a run that no event started. */
  rootEventId: string | null;
  /** For a run that was handed over: the highest role with which it may act. */
  roleLimit: Role | null;
  error: RunError | null;
  attempt: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  deadlineAt: Date | null;
  wakeAt: Date | null;
  createdAt: Date;
  /** Names of omitted values. Absent if nothing is omitted. */
  omitted?: string[];
}

export interface Run extends RunSummary {
  /** Null if it is larger than `MAX_LISTED_VALUE_BYTES`: then `inputBytes` is set. */
  input: JsonValue;
  /** The outputs of steps without successors, by node id. Null like `input`. */
  outputs: JsonObject | null;
  inputBytes?: number;
  outputBytes?: number;
}

export type Decision = 'approved' | 'rejected';

export interface RunStep {
  nodeId: string;
  nodeType: string;
  status: StepStatus;
  /** Number of attempts, including those that were interrupted by a worker's crash. */
  attempts: number;
  /** This and `output` are null if they are too large to be included: then `inputBytes` and `outputBytes` are set. */
  input: JsonValue;
  output: JsonValue;
  inputBytes?: number;
  outputBytes?: number;
  error: RunError | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  wakeAt: Date | null;
  /**
   * Users and roles that may decide: `user:<id>` and `role:<role>`; null if there is nothing to decide, empty for
   * everybody who may approve.
   */
  approvers: string[] | null;
  deadlineAt: Date | null;
  decision: Decision | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  comment: string | null;
  /** Names of omitted values. Absent if nothing is omitted. */
  omitted?: string[];
}

export type StepDecision = Pick<RunStep, 'status' | 'approvers' | 'deadlineAt' | 'decision'>;

/** The cause of a new run. */
export interface RunTrigger {
  kind: Trigger;
  /** A second start of the workflow with the same key returns the first run. */
  dedupeKey?: string;
  /** How long the key is remembered; absent: as long as the first run is kept. */
  dedupeForMs?: number;
  /** Data of the request other than its body, which the run can read. */
  request?: JsonObject;
  /** Length of the chain of events that led to this run. */
  depth?: number;
  /** For an event: root of its tree. */
  rootEventId?: string;
}

/** The user with whose current rights a run's steps act. */
export interface RunOwner {
  id: string;
  /** For a run that was handed over: the lowest role of its previous owners. */
  roleLimit: Role | null;
}

/** An event in the history of a run, numbered from 1. */
export interface RunEvent {
  seq: number;
  type: string;
  nodeId: string | null;
  data: JsonObject;
  createdAt: Date;
}

export interface RunFilter {
  workflowId?: string;
  status?: RunStatus;
  trigger?: Trigger;
  /** The user with whose rights its steps act. */
  ownerId?: string;
  /** Created at or after this time. */
  from?: Date;
  /** Created before this time. */
  to?: Date;
}
