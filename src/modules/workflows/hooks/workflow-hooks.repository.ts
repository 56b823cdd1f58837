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

  async deleteOf(workflowIds: readonly string[]): Promise<void> {
    await this.prisma.workflowHook.deleteMany({ where: { workflowId: { in: [...workflowIds] } } });
  }

  /** Nobody ends the address until the running transaction has ended. */
  async holdWorkflowId(tokenHash: string): Promise<string | null> {
    const [hook] = await this.prisma.$queryRaw<{ workflowId: string }[]>`
      SELECT workflow_id AS "workflowId" FROM workflow_hooks WHERE token_hash = ${tokenHash} FOR KEY SHARE`;
    return hook?.workflowId ?? null;
  }
}
