import { Injectable } from '@nestjs/common';
import { levelOf, type Role, ROLES } from '../../../common/identity/roles.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { databaseNow } from '../../../common/time/database-clock.js';
import type { Trigger } from '../triggers/trigger.types.js';
import type { HandedOverWorkflow } from '../triggers/workflow-trigger.js';

export interface TransferredWorkflow extends HandedOverWorkflow {
  name: string;
  /** Whether it must be activated by its new owner. */
  pendingHandover: boolean;
}

@Injectable()
export class WorkflowOwnersRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Gives workflows of one user, all or those with these ids, to another. Returns those that have changed owners, by
   * name.
   * @param isUpwards whether the new owner has a higher role: active workflows are then paused, and all wait for
   * activation by the new owner.
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
      select: { id: true, name: true, trigger: true, status: true, handedOverAt: true },
    });
    if (isUpwards) await this.#pause(changed.map(({ id }) => id));
    return changed
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ id, name, trigger, status, handedOverAt }) => ({
        id,
        name,
        trigger: trigger as Trigger,
        isPaused: isUpwards && status === 'active',
        pendingHandover: handedOverAt !== null && (isUpwards || status !== 'active'),
      }));
  }

  /**
   * Makes workflows of a user wait for activation by that user, if somebody below the user's new role saved the
   * definition or chose a script. Active ones are paused. Returns them.
   */
  async awaitOwner(userId: string, role: Role): Promise<(HandedOverWorkflow & { name: string })[]> {
    const asHigh = ROLES.filter((other) => levelOf(other) >= levelOf(role));
    const decided = await this.prisma.$queryRaw<(HandedOverWorkflow & { name: string; by: string })[]>`
      SELECT w.id, w.name, w.trigger, d.by, w.status = 'active' AS "isPaused" FROM workflows w CROSS JOIN LATERAL (
        SELECT by FROM (
          SELECT v.created_by AS by FROM workflow_versions v WHERE v.workflow_id = w.id AND v.number = w.definition_version
          UNION ALL SELECT s.taken_by FROM workflow_scripts s WHERE s.workflow_id = w.id
        ) deciders
        WHERE by <> w.user_id AND NOT EXISTS (SELECT FROM users u WHERE u.id = by AND u.role = ANY (${asHigh}::text[]))
        LIMIT 1
      ) d
      WHERE w.user_id = ${userId}::uuid ORDER BY w.id FOR UPDATE OF w`;
    for (const { id, by } of decided) {
      await this.prisma.workflow.updateMany({
        where: { id },
        data: { handedOverFrom: by, handedOverAt: databaseNow(), version: { increment: 1 } },
      });
    }
    await this.#pause(decided.map(({ id }) => id));
    return decided;
  }

  async #pause(ids: string[]): Promise<void> {
    await this.prisma.workflow.updateMany({
      where: { id: { in: ids }, status: 'active' },
      data: { status: 'paused', nextRunAt: null },
    });
  }
}
