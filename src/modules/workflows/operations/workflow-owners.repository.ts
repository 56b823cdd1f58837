import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

@Injectable()
export class WorkflowOwnersRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Gives workflows of one user, all or those with these ids, to another. Returns those that have changed hands. */
  async changeOwner(
    fromUserId: string,
    toUserId: string,
    ids?: readonly string[],
  ): Promise<{ id: string; name: string }[]> {
    const changed = await this.prisma.workflow.updateManyAndReturn({
      where: { userId: fromUserId, ...(ids && { id: { in: [...ids] } }) },
      data: { userId: toUserId, version: { increment: 1 } },
      select: { id: true, name: true },
    });
    return changed.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Lets runs that have not ended act for another user, from the next time a worker takes them. */
  async changeOwnerOfOpenRuns(fromUserId: string, toUserId: string): Promise<void> {
    await this.prisma.workflowRun.updateMany({
      where: { ownerId: fromUserId, status: { in: ['queued', 'running', 'waiting'] } },
      data: { ownerId: toUserId },
    });
  }
}
