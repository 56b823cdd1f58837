import { type DeleteExpired, type OwnsExpiringRows, Retention } from '../../common/retention/retention.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';

const KEEP_RUNS_MS = 30 * 24 * 60 * 60 * 1000;

@Retention('tenant')
export class RunsRetentionRepository implements OwnsExpiringRows {
  constructor(private readonly prisma: PrismaService) {}

  expiring(): Record<string, DeleteExpired> {
    return {
      // Includes their steps and events. A month is long enough to investigate what happened.
      workflow_runs: async (now, limit) => {
        const where = { finishedAt: { lt: new Date(now.getTime() - KEEP_RUNS_MS) } };
        return (await this.prisma.workflowRun.deleteMany({ where, limit })).count;
      },
    };
  }
}
