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

/** Versions are written once: the application may neither change nor delete them. */
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
      slice,
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

  async create(version: Omit<WorkflowVersion, 'createdAt'>): Promise<void> {
    const data = { ...version, definition: version.definition as unknown as Prisma.InputJsonObject };
    await this.prisma.workflowVersion.createMany({ data });
  }
}
