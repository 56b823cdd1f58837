import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';
import { Tracing } from '../tracing/tracing.js';
import type { EnqueueOptions } from './enqueue-options.js';
import { payloadText } from './task-envelope.js';

/** Enqueues background tasks of the platform, which run outside any tenant. */
@Injectable()
export class PlatformQueueService {
  constructor(
    private readonly prisma: PlatformPrismaService,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Enqueues a platform task in the running `PlatformDbalService` transaction.
   * @throws a database error when `task` is not a platform task.
   */
  async enqueue(task: string, payload: Record<string, unknown>, options: EnqueueOptions = {}): Promise<void> {
    const { runAt = null, jobKey = null, queueName = null, maxAttempts = null } = options;
    const text = payloadText(payload, this.tracing.traceparent());
    await this.prisma.$executeRaw`
      SELECT jobs.enqueue_platform(${task}, ${text}::json, ${runAt}::timestamptz, ${jobKey}, ${queueName},
                                   ${maxAttempts}::integer)`;
  }
}
