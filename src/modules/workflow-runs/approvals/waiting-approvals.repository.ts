import { Injectable } from '@nestjs/common';
import { paginate } from '../../../common/dbal/paginate.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { OWNER } from '../views/run-columns.repository.js';

/** A step that waits for a person. */
export interface WaitingApproval {
  runId: string;
  nodeId: string;
  workflowId: string;
  workflowName: string;
  /** The question to decide, from the step. */
  message: string | null;
  /** Who may decide; empty: whoever may run the workflow. */
  approvers: string[];
  ownerId: string | null;
  triggeredBy: string | null;
  waitingSince: Date | null;
  deadlineAt: Date | null;
}

/** Who may decide. */
export interface Decider {
  /** Names among approvers: `role:<role>` and `user:<id>`. */
  names: readonly string[];
  userId: string | null;
  /** Whether what nobody is named for is theirs, whoever owns it. */
  runsAll: boolean;
}

@Injectable()
export class WaitingApprovalsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** What waits for `decider`, or for anybody; what has waited longest comes first. */
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

/** The first three conditions are those of the index. */
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
