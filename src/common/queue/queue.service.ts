import { Injectable } from '@nestjs/common';
import { PrismaService } from '../prisma/prisma.service.js';
import { Tracing } from '../tracing/tracing.js';
import type { EnqueueOptions } from './enqueue-options.js';
import { payloadText } from './task-envelope.js';

/** Background work of the current tenant. */
@Injectable()
export class QueueService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Enqueues a job of the current tenant in the running transaction: undone with it, visible to workers once it is saved.
   * `payload` is stored as JSON, 256 KiB at most; what must not be read in the database is sealed first (`SecretBox`).
   * Keys and queue names are the tenant's own: two tenants may use the same.
   * @throws TenantContextMissingError outside `TenantContext.run`; a database error when `task` is no task of tenants.
   */
  async enqueue(task: string, payload: Record<string, unknown>, options: EnqueueOptions = {}): Promise<void> {
    const { runAt = null, jobKey = null, queueName = null, maxAttempts = null } = options;
    const text = payloadText(payload, this.tracing.traceparent());
    await this.prisma.$executeRaw`
      SELECT jobs.enqueue(${task}, ${text}::json, ${runAt}::timestamptz, ${jobKey}, ${queueName},
                          ${maxAttempts}::integer)`;
  }

  /**
   * Takes the pending job with that key out of the queue, in the running transaction. One that is running already stays.
   * @throws TenantContextMissingError outside `TenantContext.run`.
   */
  async dequeue(jobKey: string): Promise<void> {
    await this.prisma.$executeRaw`SELECT jobs.dequeue(${jobKey})`;
  }
}
