import { Injectable } from '@nestjs/common';
import { paginate } from '../../../common/dbal/paginate.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { OWNER } from '../views/run-columns.repository.js';

/** A step that waits for approval. */
export interface WaitingApproval {
  runId: string;
  nodeId: string;
  workflowId: string;
  workflowName: string;
  /** The question to decide, as configured in the step. */
  message: string | null;
  /** Users and roles that may decide; empty: everybody who may run the workflow. */
  approvers: string[];
  ownerId: string | null;
  triggeredBy: string | null;
  waitingSince: Date | null;
  deadlineAt: Date | null;
}

/** The user for whom approvals are listed. */
export interface Decider {
  /** Matching entries of approvers: `role:<role>` and `user:<id>`. */
  names: readonly string[];
  userId: string | null;
  /** Whether steps without approvers are included for workflows of any owner. */
  runsAll: boolean;
}

@Injectable()
export class WaitingApprovalsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Returns approvals that wait for `decider`, or for anybody if it is null; longest waiting first. */
  findPage(
    decider: Decider | null,
    { skip, take }: { skip: number; take: number },
  ): Promise<{ rows: WaitingApproval[]; total: number }> {
    const waiting = waitingFor(decider);
    return paginate(
      { skip, take, list: ['approvals', decider] },
      () => this.prisma.$queryRaw<WaitingApproval[]>`SELECT waiting.*, workflow.name AS "workflowName", (
            SELECT data ->> 'message' FROM workflow_run_events
            WHERE run_id = waiting."runId" AND node_id = waiting."nodeId" AND type = 'step.awaiting_approval'
            ORDER BY seq DESC LIMIT 1) AS message
        FROM (
          SELECT run_id AS "runId", node_id AS "nodeId", run.workflow_id AS "workflowId", step.approvers, ${OWNER} AS "ownerId",
            run.triggered_by AS "triggeredBy", step.started_at AS "waitingSince", step.deadline_at AS "deadlineAt"
          ${waiting} ORDER BY step.started_at, step.run_id, step.node_id LIMIT ${take} OFFSET ${skip}
        ) waiting JOIN workflows workflow ON workflow.id = waiting."workflowId"
        ORDER BY "waitingSince", "runId", "nodeId"`,
      async () => {
        const [row] = await this.prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::integer AS total ${waiting}`;
        return row!.total;
      },
    );
  }
}

/** The first three conditions match those of the partial index. */
function waitingFor(decider: Decider | null): Prisma.Sql {
  return Prisma.sql`
    FROM workflow_run_steps step JOIN workflow_runs run ON run.id = step.run_id
    WHERE step.status = 'waiting' AND step.approvers IS NOT NULL AND step.decision IS NULL
      AND (step.deadline_at IS NULL OR step.deadline_at > now()) AND run.status IN ('running', 'queued', 'waiting')
      ${decider ? Prisma.sql`AND (${mayDecide(decider)})` : Prisma.empty}`;
}

function mayDecide({ names, userId, runsAll }: Decider): Prisma.Sql {
  const named = Prisma.sql`jsonb_exists_any(step.approvers, ${[...names]}::text[])`;
  if (runsAll) return Prisma.sql`${named} OR step.approvers = '[]'`;
  return Prisma.sql`${named} OR (step.approvers = '[]' AND ${OWNER} = ${userId}::uuid)`;
}
