import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DrainModule } from '../http/drain.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { JobExecution } from './task-execution.js';
import { JobHandlers } from './task-registry.js';
import { JobMetrics } from './queue-metrics.js';
import { JobRunner } from './task-runner.js';
import { JobsService } from './queue.service.js';
import { PlatformJobsService } from './platform-queue.service.js';
import { QueueCleanUpJob } from './queue-clean-up.job.js';
import { QueueHealth } from './queue-health.js';
import { WorkerPool } from './worker-pool.js';

const SERVICES = [JobsService, PlatformJobsService, JobRunner, QueueHealth];

@Global()
@Module({
  imports: [DiscoveryModule, DrainModule, ObservabilityModule],
  providers: [
    ...SERVICES,
    WorkerPool,
    JobHandlers,
    JobExecution,
    JobMetrics,
    QueueCleanUpJob,
  ],
  exports: SERVICES,
})
export class JobsModule {}
