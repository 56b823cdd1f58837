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

/** What a list shows of a run: everything but its values. */
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
  /** Of a run that was handed over: the role it acts with at most. */
  roleLimit: Role | null;
  error: RunError | null;
  attempt: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  deadlineAt: Date | null;
  wakeAt: Date | null;
  createdAt: Date;
  /** What is too large to be here, by name. Absent where everything is here. */
  omitted?: string[];
}

export interface Run extends RunSummary {
  /** Null where it is larger than `MAX_LISTED_VALUE_BYTES`: then there is `inputBytes`. */
  input: JsonValue;
  /** Of the steps that nothing follows, by node id. Null as `input`. */
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
  /** What is too large to be here, by name. Absent where everything is here. */
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
  /** Of an event: where its tree began. */
  rootEventId?: string;
}

/** Whose rights a run's steps have, with what that user may now. */
export interface RunOwner {
  id: string;
  /** Of a run that was handed over: what those who had it before could do at most. */
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
