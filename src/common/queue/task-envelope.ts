import { isUuid } from '../tenancy/is-uuid.js';
import type { TaskPayload } from './task-handler.js';

/** What `jobs.enqueue` and `jobs.enqueue_platform` store. graphile-worker's cron stores bare objects. */
export interface TaskEnvelope {
  /** Stamped by the database; absent in jobs of the platform. */
  tenantId?: string;
  data: TaskPayload;
}

/** @throws Error when it is no envelope: nothing but the two functions and cron can write the queue. */
export function readEnvelope(stored: unknown): TaskEnvelope {
  if (typeof stored !== 'object' || stored === null) throw new Error('The payload of a job is an object.');
  const { tenantId, data } = stored as Record<string, unknown>;
  if (tenantId !== undefined && !isUuid(tenantId)) throw new Error('The tenant of a job is a UUID.');
  return {
    ...(tenantId !== undefined && { tenantId }),
    data: typeof data === 'object' && data !== null ? (data as TaskPayload) : {},
  };
}
