import { isUuid } from '../tenancy/is-uuid.js';
import type { TaskPayload } from './task-handler.js';

/** The payload stored by `jobs.enqueue` and `jobs.enqueue_platform`. graphile-worker's cron stores bare objects. */
export interface TaskEnvelope {
  /** Set by the database; absent for platform tasks. */
  tenantId?: string;
  data: TaskPayload;
  /** Trace context of the caller that enqueued it, if traced. */
  traceparent?: string;
}

/** Stored among the payload's own keys. */
const TRACEPARENT = '$traceparent';
/**
 * Maximum length of a payload that carries a trace context, so that the addition never pushes a payload over the limit
 * of 256 KiB.
 */
const MAX_TRACED_LENGTH = 65_536;

/** Serializes a payload for the queue. */
export function payloadText(payload: TaskPayload, traceparent: string | undefined): string {
  const text = JSON.stringify(payload);
  if (traceparent === undefined || text.length > MAX_TRACED_LENGTH) return text;
  return JSON.stringify({ ...payload, [TRACEPARENT]: traceparent });
}

/** @throws Error when it is not an envelope; only the two functions and cron can write to the queue. */
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
