import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../common/json/json-object.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

@Injectable()
export class SchedulesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** No change of the workflow as people see it: its version stays, and so does `updatedAt`, which Prisma would set. */
  async setNextRun(id: string, nextRunAt: Date | null): Promise<void> {
    await this.prisma.$executeRaw`UPDATE workflows SET next_run_at = ${nextRunAt}::timestamptz WHERE id = ${id}::uuid`;
  }

  /** The schedule, locked until the running transaction ends; null when it is not active, or due at another time. */
  async findDueForUpdate(id: string, occurrence: Date): Promise<{ triggerConfig: JsonObject; userId: string } | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM workflows WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await this.prisma.workflow.findFirst({
      where: { id, status: 'active', trigger: 'schedule', nextRunAt: occurrence },
      select: { triggerConfig: true, userId: true },
    });
    return row && { userId: row.userId, triggerConfig: row.triggerConfig as JsonObject };
  }
}
