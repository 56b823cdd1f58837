import { Injectable } from '@nestjs/common';
import { type Role, ROLES } from '../../../common/identity/roles.js';
import { OPEN_STATUSES } from '../cancellation/run-cancellations.types.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

/** Stores the users with whose rights runs act. */
@Injectable()
export class RunOwnersRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Returns whether a workflow has runs that have not ended. */
  async hasOpen(workflowId: string): Promise<boolean> {
    const where = { workflowId, status: { in: [...OPEN_STATUSES] } };
    return (await this.prisma.workflowRun.findFirst({ where, select: { id: true } })) !== null;
  }

  /** Limits open runs of the workflows to that role. Returns the runs whose worker must be notified. */
  async limit(workflowIds: readonly string[], ownerId: string, role: Role): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ id: string; status: string }[]>`
      UPDATE workflow_runs SET role_limit = ${role}, signal = signal + 1
      WHERE workflow_id = ANY (${[...workflowIds]}::uuid[]) AND coalesce(successor_id, owner_id) = ${ownerId}::uuid
        AND role_limit IS NULL AND status <> 'succeeded'
      RETURNING id, status`;
    return rows.flatMap((row) => (row.status === 'running' ? [row.id] : []));
  }

  /**
   * Makes open runs act for another user, with at most the role of the previous one. Returns the runs whose worker must
   * be notified.
   */
  async changeOwner({ id, role }: { id: string; role: Role }, toUserId: string): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ id: string; status: string }[]>`
      UPDATE workflow_runs SET successor_id = ${toUserId}::uuid, signal = signal + 1, role_limit = (${[...ROLES]}::text[])[
        least(array_position(${[...ROLES]}::text[], coalesce(role_limit, ${role})), array_position(${[...ROLES]}::text[], ${role}))]
      WHERE coalesce(successor_id, owner_id) = ${id}::uuid AND status IN ('queued', 'running', 'waiting')
      RETURNING id, status`;
    return rows.flatMap((row) => (row.status === 'running' ? [row.id] : []));
  }
}
