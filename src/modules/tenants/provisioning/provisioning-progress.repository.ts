import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';

export type StepStatus = 'running' | 'done' | 'failed' | 'rolled_back' | 'rollback_failed';

/** Records the progress of provisioning, step by step. The record is kept even if the tenant is removed. */
@Injectable()
export class ProvisioningProgressRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  async start(tenantId: string, step: string, position: number): Promise<void> {
    await this.prisma.tenantProvisioningStep.createMany({ data: [{ tenantId, step, position, status: 'running' }] });
  }

  async note(
    tenantId: string,
    step: string,
    change: { status: StepStatus; attempts?: number; lastError?: string },
  ): Promise<void> {
    await this.prisma.tenantProvisioningStep.updateMany({ where: { tenantId, step }, data: change });
  }

  /** Returns names of the steps that were started, the last one first. */
  async findStarted(tenantId: string): Promise<string[]> {
    const rows = await this.prisma.tenantProvisioningStep.findMany({
      where: { tenantId },
      select: { step: true },
      orderBy: { position: 'desc' },
    });
    return rows.map(({ step }) => step);
  }
}
