import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';

export type StepStatus = 'running' | 'done' | 'failed' | 'rolled_back' | 'rollback_failed';

/** What provisioning did, step by step. The record outlives the tenant it failed for. */
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

  /** Names of the steps that were begun, the last one first. */
  async findStarted(tenantId: string): Promise<string[]> {
    const rows = await this.prisma.tenantProvisioningStep.findMany({
      where: { tenantId },
      select: { step: true },
      orderBy: { position: 'desc' },
    });
    return rows.map(({ step }) => step);
  }
}
