import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

@Injectable()
export class WorkflowHooksRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** The address that was there before is no more. */
  async replace(workflowId: string, tokenHash: string): Promise<void> {
    await this.delete(workflowId);
    await this.prisma.workflowHook.createMany({ data: { workflowId, tokenHash } });
  }

  async delete(workflowId: string): Promise<void> {
    await this.prisma.workflowHook.deleteMany({ where: { workflowId } });
  }

  async findWorkflowId(tokenHash: string): Promise<string | null> {
    const hook = await this.prisma.workflowHook.findFirst({ where: { tokenHash }, select: { workflowId: true } });
    return hook?.workflowId ?? null;
  }
}
