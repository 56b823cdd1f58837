import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../../common/prisma/prisma.service.js';
import type { RunEvent, RunStatus } from '../runs.types.js';

@Injectable()
export class RunEventsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** How far a run is, and the number of its last event. Null when there is no such run. */
  async findProgress(runId: string): Promise<{ status: RunStatus; lastEventSeq: number } | null> {
    const run = await this.prisma.workflowRun.findFirst({
      where: { id: runId },
      select: { status: true, lastEventSeq: true },
    });
    return run && { ...run, status: run.status as RunStatus };
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
