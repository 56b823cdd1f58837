import { Injectable } from '@nestjs/common';
import { paginate } from '../../../common/dbal/paginate.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import type { WorkflowDefinition } from '../definitions/definition.types.js';
import type { WorkflowVersion } from '../workflows.types.js';

const SUMMARY = {
  workflowId: true,
  number: true,
  createdBy: true,
  createdAt: true,
} satisfies Prisma.WorkflowVersionSelect;

/** Number of newest versions that are kept even if no run uses them. */
export const KEPT_VERSIONS = 100;
const PRUNED_AT_ONCE = 500;

/** Versions are written once and never changed; old ones that no run uses are deleted. */
@Injectable()
export class WorkflowVersionsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first, without definitions. */
  findPage(
    workflowId: string,
    slice: { skip: number; take: number },
  ): Promise<{ rows: Omit<WorkflowVersion, 'definition'>[]; total: number }> {
    const where = { workflowId };
    return paginate(
      { ...slice, list: ['workflow_versions', workflowId] },
      () => this.prisma.workflowVersion.findMany({ where, select: SUMMARY, orderBy: { number: 'desc' }, ...slice }),
      () => this.prisma.workflowVersion.count({ where }),
    );
  }

  async find(workflowId: string, number: number): Promise<WorkflowVersion | null> {
    const row = await this.prisma.workflowVersion.findFirst({
      where: { workflowId, number },
      select: { ...SUMMARY, definition: true },
    });
    return row && { ...row, definition: row.definition as unknown as WorkflowDefinition };
  }

  count(workflowId: string): Promise<number> {
    return this.prisma.workflowVersion.count({ where: { workflowId } });
  }

  /** Deletes a batch of old versions that no run uses, so that one more can be added to the newest. */
  async prune(workflowId: string): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM workflow_versions WHERE workflow_id = ${workflowId}::uuid AND number IN (
        SELECT v.number FROM workflow_versions v
        WHERE v.workflow_id = ${workflowId}::uuid AND v.number < (
            SELECT kept.number FROM workflow_versions kept WHERE kept.workflow_id = ${workflowId}::uuid
            ORDER BY kept.number DESC OFFSET ${KEPT_VERSIONS - 2} LIMIT 1)
          AND NOT EXISTS (
            SELECT FROM workflow_runs r WHERE r.workflow_id = v.workflow_id AND r.workflow_version = v.number)
        ORDER BY v.number LIMIT ${PRUNED_AT_ONCE})`;
  }

  async create(version: Omit<WorkflowVersion, 'createdAt'>): Promise<void> {
    const data = { ...version, definition: version.definition as unknown as Prisma.InputJsonObject };
    await this.prisma.workflowVersion.createMany({ data });
  }
}
