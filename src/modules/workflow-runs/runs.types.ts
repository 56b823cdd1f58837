import type { Role } from '../../common/identity/roles.js';
import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
import type { Trigger } from '../workflows/triggers/trigger.types.js';

/**
 * queued: waits for its turn or for a worker; running: a worker has it; waiting: for a time or a person, and holds nothing;
 * the rest is final, but failed and cancelled runs may be retried.
 */
export const RUN_STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export const FINAL_STATUSES: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled'];

/** pending: to be tried again at `wakeAt`, or when the run is retried. A step that nobody has come to yet has no row. */
export const STEP_STATUSES = ['pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** Why a step or a run failed. `code` is stable, `message` for people; `nodeId` names the step that failed the run. */
export interface RunError {
  code: string;
  message: string;
  nodeId?: string;
  line?: number;
  column?: number;
  details?: JsonValue;
}

/** A run in a list: everything but its values. */
export interface RunSummary {
  id: string;
  workflowId: string;
  workflowVersion: number;
  status: RunStatus;
  trigger: Trigger;
  triggeredBy: string | null;
  /** The user with whose rights it acts. */
  ownerId: string | null;
  /** Where the tree of events began that started it; null for a run that no event started. */
  rootEventId: string | null;
  /** For a run that was handed over: the highest role that it acts with. */
  roleLimit: Role | null;
  error: RunError | null;
  attempt: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  deadlineAt: Date | null;
  wakeAt: Date | null;
  createdAt: Date;
  /** The names of omitted values. Absent if nothing is omitted. */
  omitted?: string[];
}

export interface Run extends RunSummary {
  /** Null where it is larger than `MAX_LISTED_VALUE_BYTES`: then there is `inputBytes`. */
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
  /** Times it was started, those included that were cut off by the death of a worker. */
  attempts: number;
  /** This and `output` are null where they are too large to be here: then there are `inputBytes` and `outputBytes`. */
  input: JsonValue;
  output: JsonValue;
  inputBytes?: number;
  outputBytes?: number;
  error: RunError | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  wakeAt: Date | null;
  /** Who may decide: `role:<role>` and `user:<id>`; null where nothing is to be decided, empty for whoever may approve. */
  approvers: string[] | null;
  deadlineAt: Date | null;
  decision: Decision | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  comment: string | null;
  /** The names of omitted values. Absent if nothing is omitted. */
  omitted?: string[];
}

export type StepDecision = Pick<RunStep, 'status' | 'approvers' | 'deadlineAt' | 'decision'>;

/** What starts a run. */
export interface RunTrigger {
  kind: Trigger;
  /** Two starts of a workflow with the same key are one. */
  dedupeKey?: string;
  /** For how long; absent: for as long as the first run is kept. */
  dedupeForMs?: number;
  /** What the request said beside its body, for the run to see. */
  request?: JsonObject;
  /** Runs that led to this one by events. */
  depth?: number;
  /** For an event: the root of its tree. */
  rootEventId?: string;
}

/** Whose rights a run's steps have, with what that user may now. */
export interface RunOwner {
  id: string;
  /** For a run that was handed over: the lowest role of its previous owners. */
  roleLimit: Role | null;
}

/** One thing that happened; numbered from 1 in its run. */
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
  /** Whose rights its steps have. */
  ownerId?: string;
  /** Made from this moment on. */
  from?: Date;
  /** Made before this moment. */
  to?: Date;
}
