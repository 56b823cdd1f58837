import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

const AT_ONCE = 500;

/** Finds open runs that nobody executes. */
@Injectable()
export class StrandedRunsReadModel {
  constructor(private readonly prisma: PrismaService) {}

  /** Returns runs that should have had a worker or a due task for half a minute, and since when. */
  findStranded(): Promise<{ id: string; since: Date }[]> {
    return this.prisma.$queryRaw<{ id: string; since: Date }[]>`
      SELECT id, since FROM (
        SELECT id, CASE status
          WHEN 'queued' THEN admitted_at
          WHEN 'running' THEN coalesce(lease_until, admitted_at)
          ELSE wake_at END AS since
        FROM workflow_runs
        WHERE status IN ('queued', 'running', 'waiting')
      ) AS open
      WHERE since < now() - interval '30 seconds'
      ORDER BY since LIMIT ${AT_ONCE}`;
  }

  async findActivity(): Promise<{ isAnyActive: boolean; nextWake: Date | null }> {
    const [row] = await this.prisma.$queryRaw<{ isAnyActive: boolean; nextWake: Date | null }[]>`
      SELECT count(*) FILTER (WHERE status IN ('queued', 'running')) > 0 AS "isAnyActive", min(wake_at) AS "nextWake"
      FROM workflow_runs WHERE status IN ('queued', 'running', 'waiting')`;
    return row ?? { isAnyActive: false, nextWake: null };
  }
}
