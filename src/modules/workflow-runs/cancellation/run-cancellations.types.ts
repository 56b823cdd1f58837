import type { Trigger } from '../../workflows/triggers/trigger.types.js';
import type { RunStatus } from '../runs.types.js';

export const OPEN_STATUSES = ['queued', 'running', 'waiting'] as const satisfies readonly RunStatus[];
export type OpenStatus = (typeof OPEN_STATUSES)[number];

/** Selects open runs; without any field, all that the caller may cancel. */
export interface CancellationFilter {
  workflowId?: string;
  /** Runs of one of these workflows. */
  workflowIds?: string[];
  /** All runs of one event tree. */
  rootEventId?: string;
  /** Runs that act with the rights of this user. */
  ownerId?: string;
  trigger?: Trigger;
  status?: OpenStatus;
  /** Created at or after this time. */
  createdFrom?: Date;
  /** Created before this time. */
  createdTo?: Date;
}

/** The outcome for the selected runs. */
export interface Cancellations {
  /** Number of runs that were cancelled. */
  cancelled: number;
  /** Number of runs that workers are executing and will stop within moments. */
  requested: number;
  /** Whether the limit was reached: repeating the request then cancels more. */
  mayBeMore: boolean;
}
