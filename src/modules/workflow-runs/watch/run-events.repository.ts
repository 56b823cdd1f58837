import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { RunEvent, RunStatus } from '../runs.types.js';

@Injectable()
export class RunEventsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Returns the status and the number of the last event. Returns null if there is no such run. */
  async findProgress(runId: string): Promise<{ status: RunStatus; lastEventSeq: number } | null> {
    const run = await this.prisma.workflowRun.findFirst({
      where: { id: runId },
      select: { status: true, lastEventSeq: true },
    });
    return run && { ...run, status: run.status as RunStatus };
  }

  /**
   * Returns the events after number `after`, oldest first: as many as have `maxBytes` of data together, but at least
   * one.
   */
  findAfter(
    runId: string,
    after: number,
    { limit, maxBytes }: { limit: number; maxBytes: number },
  ): Promise<RunEvent[]> {
    return this.prisma.$queryRaw<RunEvent[]>`
      SELECT seq, type, node_id AS "nodeId", data, created_at AS "createdAt" FROM (
        SELECT *, sum(bytes) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - bytes AS before FROM (
          SELECT *, octet_length(data::text) AS bytes FROM (
            SELECT * FROM workflow_run_events WHERE run_id = ${runId}::uuid AND seq > ${after} ORDER BY seq LIMIT ${limit}
          ) page OFFSET 0
        ) measured
      ) counted WHERE before < ${maxBytes} ORDER BY seq`;
  }
}
