import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ExpiredRows } from './expired-rows.js';
import {
  IdempotencyRetentionRepository,
  PlatformIdempotencyRetentionRepository,
} from './idempotency-retention.repository.js';
import { RetentionFanOutJob } from './retention-fan-out.job.js';
import { RetentionJob } from './retention.job.js';

/** Deletes, every night, what has expired. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ExpiredRows,
    RetentionJob,
    RetentionFanOutJob,
    IdempotencyRetentionRepository,
    PlatformIdempotencyRetentionRepository,
  ],
})
export class RetentionModule {}
