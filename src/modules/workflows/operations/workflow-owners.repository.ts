import { Injectable } from '@nestjs/common';
import { type Role, ROLES } from '../../../common/identity/roles.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { databaseNow } from '../../../common/time/database-clock.js';

export interface TransferredWorkflow {
  id: string;
  name: string;
  /** Whether it waits for its new owner to activate it. */
  pendingHandover: boolean;
  /** Of a schedule that was active. */
  nextRunAt: Date | null;
}

@Injectable()
export class WorkflowOwnersRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Gives workflows of one user, all or those with these ids, to another. Returns those that have changed hands, by name.
   * @param isUpwards to somebody who may do more: active ones are paused, and all wait for their new owner.
   */
  async changeOwner(
    fromUserId: string,
    toUserId: string,
    isUpwards: boolean,
    ids?: readonly string[],
  ): Promise<TransferredWorkflow[]> {
    const handover = isUpwards ? { handedOverFrom: fromUserId, handedOverAt: databaseNow() } : {};
    const changed = await this.prisma.workflow.updateManyAndReturn({
      where: { userId: fromUserId, ...(ids && { id: { in: [...ids] } }) },
      data: { userId: toUserId, version: { increment: 1 }, ...handover },
      select: { id: true, name: true, status: true, handedOverAt: true, nextRunAt: true },
    });
    if (isUpwards) await this.#pause(changed.map(({ id }) => id));
    return changed
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ id, name, status, handedOverAt, nextRunAt }) => {
        return { id, name, nextRunAt, pendingHandover: handedOverAt !== null && (isUpwards || status !== 'active') };
      });
  }

  /**
   * Lets runs that have not ended act for another user, with no more than the role of the one before. Those whose worker has to notice
   * are returned.
   */
  async changeOwnerOfOpenRuns({ id, role }: { id: string; role: Role }, toUserId: string): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ id: string; status: string }[]>`
      UPDATE workflow_runs SET successor_id = ${toUserId}::uuid, signal = signal + 1, role_limit = (${[...ROLES]}::text[])[
        least(array_position(${[...ROLES]}::text[], coalesce(role_limit, ${role})), array_position(${[...ROLES]}::text[], ${role}))]
      WHERE coalesce(successor_id, owner_id) = ${id}::uuid AND status IN ('queued', 'running', 'waiting')
      RETURNING id, status`;
    return rows.flatMap((row) => (row.status === 'running' ? [row.id] : []));
  }

  async #pause(ids: string[]): Promise<void> {
    await this.prisma.workflow.updateMany({ where: { id: { in: ids }, status: 'active' }, data: { status: 'paused' } });
  }
}
