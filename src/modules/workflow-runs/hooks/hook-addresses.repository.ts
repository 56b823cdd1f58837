import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../common/json/json-object.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

/** The workflow behind an address; its secrets are sealed. */
export interface HeldHook {
  workflowId: string;
  triggerConfig: JsonObject;
  secret: string | null;
  previousSecret: string | null;
}

@Injectable()
export class HookAddressesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Stores an address and deletes the previous one. */
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

  /** Locks the address against removal until the running transaction ends. */
  async hold(tokenHash: string): Promise<HeldHook | null> {
    const [hook] = await this.prisma.$queryRaw<HeldHook[]>`
      SELECT hook.workflow_id AS "workflowId", workflow.trigger_config AS "triggerConfig", secret.secret AS "secret",
        CASE WHEN secret.previous_until > now() THEN secret.previous END AS "previousSecret"
      FROM workflow_hooks hook
      JOIN workflows workflow ON workflow.tenant_id = hook.tenant_id AND workflow.id = hook.workflow_id
      LEFT JOIN workflow_hook_secrets secret
        ON secret.tenant_id = hook.tenant_id AND secret.workflow_id = hook.workflow_id
      WHERE hook.token_hash = ${tokenHash} FOR KEY SHARE OF hook`;
    return hook ?? null;
  }
}
