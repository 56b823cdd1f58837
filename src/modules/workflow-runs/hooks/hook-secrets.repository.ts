import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

/** The readable data of a secret, which itself cannot be read again. */
export interface HookSecretState {
  updatedAt: Date;
  /** Until when the previous secret is valid as well. */
  previousUntil: Date | null;
}

@Injectable()
export class HookSecretsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** @param overlapMs how long the previous secret remains valid; 0: not at all. */
  async put(workflowId: string, sealed: string, overlapMs: number): Promise<HookSecretState> {
    const [state] = await this.prisma.$queryRaw<HookSecretState[]>`
      INSERT INTO workflow_hook_secrets AS known (workflow_id, secret) VALUES (${workflowId}::uuid, ${sealed})
      ON CONFLICT (tenant_id, workflow_id) DO UPDATE SET secret = excluded.secret, updated_at = now(),
        previous = CASE WHEN ${overlapMs}::int > 0 THEN known.secret END,
        previous_until = CASE WHEN ${overlapMs}::int > 0 THEN now() + ${overlapMs}::int * interval '1 millisecond' END
      RETURNING updated_at AS "updatedAt", previous_until AS "previousUntil"`;
    return state!;
  }

  find(workflowId: string): Promise<HookSecretState | null> {
    return this.prisma.workflowHookSecret.findFirst({
      where: { workflowId },
      select: { updatedAt: true, previousUntil: true },
    });
  }

  async delete(workflowIds: readonly string[]): Promise<boolean> {
    const { count } = await this.prisma.workflowHookSecret.deleteMany({
      where: { workflowId: { in: [...workflowIds] } },
    });
    return count > 0;
  }
}
