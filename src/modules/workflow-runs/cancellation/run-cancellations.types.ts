import type { Trigger } from '../../workflows/triggers/trigger.types.js';
import type { RunStatus } from '../runs.types.js';

export const OPEN_STATUSES = ['queued', 'running', 'waiting'] as const satisfies readonly RunStatus[];
export type OpenStatus = (typeof OPEN_STATUSES)[number];

/** Which open runs are meant; all that the caller may cancel, without any. */
export interface CancellationFilter {
  workflowId?: string;
  /** Of one of these. */
  workflowIds?: string[];
  /** All of one tree of events. */
  rootEventId?: string;
  /** With whose rights they act. */
  ownerId?: string;
  trigger?: Trigger;
  status?: OpenStatus;
  /** From this moment on. */
  createdFrom?: Date;
  /** Before this moment. */
  createdTo?: Date;
}

/** The outcome for the selected runs. */
export interface Cancellations {
  /** Have ended. */
  cancelled: number;
  /** Are with workers, who end them within moments. */
  requested: number;
  /** Whether the limit was reached: then the same request goes on. */
  mayBeMore: boolean;
}
