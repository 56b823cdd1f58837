import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ExpiredRows } from './expired-rows.js';
import { IdempotencyModule } from '../http/idempotency/idempotency.module.js';
import { IdempotencyRetention, PlatformIdempotencyRetention } from './idempotency-retention.js';
import { RetentionFanOutTask } from './retention-fan-out.task.js';
import { RetentionTask } from './retention.task.js';

/** Deletes expired rows every night. */
@Module({
  imports: [DiscoveryModule, IdempotencyModule],
  providers: [ExpiredRows, RetentionTask, RetentionFanOutTask, IdempotencyRetention, PlatformIdempotencyRetention],
})
export class RetentionModule {}
