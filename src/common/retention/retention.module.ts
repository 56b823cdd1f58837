import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ExpiredRows } from './expired-rows.js';
import {
  IdempotencyRetentionRepository,
  PlatformIdempotencyRetentionRepository,
} from './idempotency-retention.repository.js';
import { RetentionFanOutTask } from './retention-fan-out.task.js';
import { RetentionTask } from './retention.task.js';

/** Deletes, every night, what has expired. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ExpiredRows,
    RetentionTask,
    RetentionFanOutTask,
    IdempotencyRetentionRepository,
    PlatformIdempotencyRetentionRepository,
  ],
})
export class RetentionModule {}
