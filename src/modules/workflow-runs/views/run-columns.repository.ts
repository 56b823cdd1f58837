import { MAX_LISTED_VALUE_BYTES } from '../../../common/contracts/answer-limits.js';
import { Prisma } from '../../../generated/prisma/client.js';
import type { Run, RunError, RunSummary } from '../runs.types.js';

/**
 * The user for whom a run acts: the one it was handed over to, or else its first owner. Not coalesce(), because
 * row-level security would prevent its use with the index on this expression.
 */
export const OWNER_SQL = 'CASE WHEN run.successor_id IS NULL THEN run.owner_id ELSE run.successor_id END';
export const OWNER = Prisma.raw(OWNER_SQL);

/** The columns of `RunSummary`, except for the error. */
export const SUMMARY = Prisma.sql`run.id, run.workflow_id AS "workflowId", run.workflow_version AS "workflowVersion", run.status,
  run.trigger, run.triggered_by AS "triggeredBy", ${OWNER} AS "ownerId", run.root_event_id AS "rootEventId",
  run.role_limit AS "roleLimit", run.attempt,
  run.cancel_requested_at AS "cancelRequestedAt", run.started_at AS "startedAt", run.finished_at AS "finishedAt",
  run.deadline_at AS "deadlineAt", run.wake_at AS "wakeAt", run.created_at AS "createdAt"`;

/** A large error is shown without its details; code and message are always short. */
export const SHORT_ERROR = Prisma.sql`
  CASE WHEN octet_length(run.error::text) <= ${MAX_LISTED_VALUE_BYTES} THEN run.error
    ELSE jsonb_set(run.error, '{details}', 'null') END AS error,
  octet_length(run.error::text) > ${MAX_LISTED_VALUE_BYTES} AS "errorIsCut"`;

/** Omits large values: they are null, but their size is not. `OFFSET 0` makes PostgreSQL measure them only once. */
export const SIZES = Prisma.sql`CROSS JOIN LATERAL (
  SELECT octet_length(run.input::text) AS input_bytes, octet_length(run.outputs::text) AS output_bytes OFFSET 0) size`;
export const VALUES = Prisma.sql`
  CASE WHEN input_bytes <= ${MAX_LISTED_VALUE_BYTES} THEN run.input END AS input,
  CASE WHEN input_bytes > ${MAX_LISTED_VALUE_BYTES} THEN input_bytes END AS "inputBytes",
  CASE WHEN output_bytes <= ${MAX_LISTED_VALUE_BYTES} THEN run.outputs END AS outputs,
  CASE WHEN output_bytes > ${MAX_LISTED_VALUE_BYTES} THEN output_bytes END AS "outputBytes"`;

interface ErrorRow {
  error: RunError | null;
  errorIsCut: boolean | null;
}
export type SummaryRow = Omit<RunSummary, 'omitted'> & ErrorRow;
export type RunRow = Omit<Run, 'omitted' | 'inputBytes' | 'outputBytes'> &
  ErrorRow & { inputBytes: number | null; outputBytes: number | null };

export function toSummary({ errorIsCut, ...row }: SummaryRow): RunSummary {
  return { ...row, ...(errorIsCut && { omitted: ['error.details'] }) };
}

export function toRun({ inputBytes, outputBytes, errorIsCut, ...row }: RunRow): Run {
  const omitted = [
    ...(inputBytes === null ? [] : ['input']),
    ...(outputBytes === null ? [] : ['outputs']),
    ...(errorIsCut ? ['error.details'] : []),
  ];
  return {
    ...row,
    ...(inputBytes !== null && { inputBytes }),
    ...(outputBytes !== null && { outputBytes }),
    ...(omitted.length > 0 && { omitted }),
  };
}
