import { Injectable } from '@nestjs/common';
import { MAX_LISTED_VALUE_BYTES } from '../../../common/contracts/answer-limits.js';
import { type CursorQuery, readCursor } from '../../../common/contracts/page.js';
import { asText, asUuid, behind, equalTo, madeBetween } from '../../../common/prisma/conditions.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { RunFilter, RunStep, RunSummary } from '../runs.types.js';
import { OWNER_SQL, SHORT_ERROR, SUMMARY, type SummaryRow, toSummary } from './run-columns.repository.js';

type StepRow = Omit<RunStep, 'omitted' | 'inputBytes' | 'outputBytes'> & {
  inputBytes: number | null;
  outputBytes: number | null;
  errorOmits: string | null;
  omitsComment: boolean;
};

/** Characters of an error's message that are shown if the error itself is too large. */
const SHORT_MESSAGE = 200;

/** A range of steps of a run, ordered by their start. */
export interface StepWindow {
  skip: number;
  take: number;
  /** Total size in bytes of the values to include: those of the first steps that fit are shown. */
  budget: number;
}

/** Lists runs and their steps, without large values. */
@Injectable()
export class RunViewsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first; returns up to one more than asked for, as `toCursorPage` expects. */
  async findPage(filter: RunFilter, query: CursorQuery): Promise<RunSummary[]> {
    const rows = await this.prisma.$queryRaw<SummaryRow[]>`
      SELECT ${SUMMARY}, ${SHORT_ERROR} FROM workflow_runs run
      WHERE true
        ${equalTo({
          workflow_id: asUuid(filter.workflowId),
          status: asText(filter.status),
          trigger: asText(filter.trigger),
          [OWNER_SQL]: asUuid(filter.ownerId),
        })}
        ${madeBetween(filter)} ${behind(readCursor(query))}
      ORDER BY created_at DESC, id DESC LIMIT ${query.limit + 1}`;
    return rows.map(toSummary);
  }

  /**
   * A trigger node starts and ends in the same checkpoint in which the next step starts, so end times are compared too.
   */
  async findSteps(runId: string, { skip, take, budget }: StepWindow): Promise<RunStep[]> {
    const max = MAX_LISTED_VALUE_BYTES;
    const rows = await this.prisma.$queryRaw<
      StepRow[]
    >`SELECT node_id AS "nodeId", node_type AS "nodeType", status, attempts,
        CASE WHEN input_bytes <= ${max} AND together <= ${budget} THEN input END AS input,
        CASE WHEN input_bytes > ${max} OR together > ${budget} THEN input_bytes END AS "inputBytes",
        CASE WHEN output_bytes <= ${max} AND together <= ${budget} THEN output END AS output,
        CASE WHEN output_bytes > ${max} OR together > ${budget} THEN output_bytes END AS "outputBytes",
        CASE WHEN error IS NULL THEN NULL WHEN together > ${budget}
            THEN jsonb_build_object('code', error -> 'code', 'message', left(error ->> 'message', ${SHORT_MESSAGE}))
          WHEN error_bytes > ${max} THEN jsonb_set(error, '{details}', 'null') ELSE error END AS error,
        CASE WHEN together > ${budget} THEN 'error' WHEN error_bytes > ${max} THEN 'error.details' END AS "errorOmits",
        started_at AS "startedAt", finished_at AS "finishedAt", wake_at AS "wakeAt", approvers, deadline_at AS "deadlineAt",
        decision, decided_by AS "decidedBy", decided_at AS "decidedAt", CASE WHEN together <= ${budget} THEN comment END AS comment,
        comment IS NOT NULL AND together > ${budget} AS "omitsComment"
      FROM (
        SELECT *, sum(CASE WHEN input_bytes <= ${max} THEN input_bytes ELSE 0 END
          + CASE WHEN output_bytes <= ${max} THEN output_bytes ELSE 0 END
          + CASE WHEN error_bytes <= ${max} THEN error_bytes ELSE 0 END
          + coalesce(octet_length(to_json(comment)::text), 0)) OVER (ORDER BY place) AS together
        FROM (
          SELECT *, octet_length(input::text) AS input_bytes, octet_length(output::text) AS output_bytes,
            octet_length(error::text) AS error_bytes
          FROM (
            SELECT step.*, row_number() OVER (ORDER BY started_at NULLS LAST, finished_at NULLS LAST, node_id) AS place
            FROM workflow_run_steps step WHERE run_id = ${runId}::uuid ORDER BY place LIMIT ${take} OFFSET ${skip}
          ) page OFFSET 0
        ) measured
      ) counted ORDER BY place`;
    return rows.map(toStep);
  }

  countSteps(runId: string): Promise<number> {
    return this.prisma.workflowRunStep.count({ where: { runId } });
  }
}

function toStep({ inputBytes, outputBytes, errorOmits, omitsComment, ...row }: StepRow): RunStep {
  const omitted = [
    ...(inputBytes === null ? [] : ['input']),
    ...(outputBytes === null ? [] : ['output']),
    ...(errorOmits !== null && row.error !== null ? [errorOmits] : []),
    ...(omitsComment ? ['comment'] : []),
  ];
  return {
    ...row,
    ...(inputBytes !== null && { inputBytes }),
    ...(outputBytes !== null && { outputBytes }),
    ...(omitted.length > 0 && { omitted }),
  };
}
