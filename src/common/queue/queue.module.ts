import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DrainModule } from '../http/drain.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { TracingModule } from '../tracing/tracing.module.js';
import { TaskExecution } from './task-execution.js';
import { TaskRegistry } from './task-registry.js';
import { QueueMetrics } from './queue-metrics.js';
import { TaskRunner } from './task-runner.js';
import { QueueService } from './queue.service.js';
import { PlatformQueueService } from './platform-queue.service.js';
import { QueueCleanUpTask } from './queue-clean-up.task.js';
import { QueueHealth } from './queue-health.js';
import { TenantStatesReadModel } from './tenant-states.read-model.js';
import { WorkerPool } from './worker-pool.js';

const SERVICES = [QueueService, PlatformQueueService, TaskRunner, QueueHealth, TenantStatesReadModel];

@Global()
@Module({
  imports: [DiscoveryModule, DrainModule, ObservabilityModule, TracingModule],
  providers: [...SERVICES, WorkerPool, TaskRegistry, TaskExecution, QueueMetrics, QueueCleanUpTask],
  exports: SERVICES,
})
export class QueueModule {}
