import { Injectable } from '@nestjs/common';
import { PrismaService } from '../prisma/prisma.service.js';
import { Tracing } from '../tracing/tracing.js';
import type { EnqueueOptions } from './enqueue-options.js';
import { payloadText } from './task-envelope.js';

/** Enqueues background tasks of the current tenant. */
@Injectable()
export class QueueService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Enqueues a task of the current tenant in the running transaction: a rollback removes it, and workers see it after
   * the commit. `payload` is stored as JSON, at most 256 KiB; encrypt values that must not be readable in the database
   * (`SecretBox`). Keys and queue names are scoped to the tenant.
   * @throws TenantContextMissingError outside `TenantContext.run`; a database error when `task` is not a tenant task.
   */
  async enqueue(task: string, payload: Record<string, unknown>, options: EnqueueOptions = {}): Promise<void> {
    const { runAt = null, jobKey = null, queueName = null, maxAttempts = null } = options;
    const text = payloadText(payload, this.tracing.traceparent());
    await this.prisma.$executeRaw`
      SELECT jobs.enqueue(${task}, ${text}::json, ${runAt}::timestamptz, ${jobKey}, ${queueName},
                          ${maxAttempts}::integer)`;
  }

  /**
   * Removes the waiting task with that key in the running transaction. A running task is not affected.
   * @throws TenantContextMissingError outside `TenantContext.run`.
   */
  async dequeue(jobKey: string): Promise<void> {
    await this.prisma.$executeRaw`SELECT jobs.dequeue(${jobKey})`;
  }
}
