import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../../common/prisma/prisma.service.js';
import type { RunEvent, RunStatus } from '../runs.types.js';

@Injectable()
export class RunEventsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Null when there is no such run. */
  async findStatus(runId: string): Promise<RunStatus | null> {
    const run = await this.prisma.workflowRun.findFirst({ where: { id: runId }, select: { status: true } });
    return run && (run.status as RunStatus);
  }

  /** Those after number `after`, oldest first. */
  async findAfter(runId: string, after: number, limit: number): Promise<RunEvent[]> {
    const rows = await this.prisma.workflowRunEvent.findMany({
      where: { runId, seq: { gt: after } },
      select: { seq: true, type: true, nodeId: true, data: true, createdAt: true },
      orderBy: { seq: 'asc' },
      take: limit,
    });
    return rows as RunEvent[];
  }
}
