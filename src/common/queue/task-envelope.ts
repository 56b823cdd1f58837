import { isUuid } from '../tenancy/is-uuid.js';
import type { TaskPayload } from './task-handler.js';

/** The payload stored by `jobs.enqueue` and `jobs.enqueue_platform`. graphile-worker's cron stores bare objects. */
export interface TaskEnvelope {
  /** Stamped by the database; absent in jobs of the platform. */
  tenantId?: string;
  data: TaskPayload;
  /** Trace context of the caller that enqueued it, if traced. */
  traceparent?: string;
}

/** Beside the payload's own keys, so that it is stored with them. */
const TRACEPARENT = '$traceparent';
/** Of a payload that takes a trace along: the queue holds 256 KiB, and one that just fits is not refused for that. */
const MAX_TRACED_LENGTH = 65_536;

/** A payload as it is enqueued. */
export function payloadText(payload: TaskPayload, traceparent: string | undefined): string {
  const text = JSON.stringify(payload);
  if (traceparent === undefined || text.length > MAX_TRACED_LENGTH) return text;
  return JSON.stringify({ ...payload, [TRACEPARENT]: traceparent });
}

/** @throws Error when it is no envelope: nothing but the two functions and cron can write the queue. */
export function readEnvelope(stored: unknown): TaskEnvelope {
  if (typeof stored !== 'object' || stored === null) throw new Error('The payload of a task must be an object.');
  const { tenantId, data } = stored as Record<string, unknown>;
  if (tenantId !== undefined && !isUuid(tenantId)) throw new Error('The tenant of a task must be a UUID.');
  const payload = typeof data === 'object' && data !== null ? (data as TaskPayload) : {};
  const { [TRACEPARENT]: traceparent, ...rest } = payload;
  return {
    ...(tenantId !== undefined && { tenantId }),
    ...(typeof traceparent === 'string' ? { traceparent, data: rest } : { data: payload }),
  };
}
