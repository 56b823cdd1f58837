import { Global, Module } from '@nestjs/common';
import { DatabaseMetrics } from './database-metrics.js';
import { EventLoopMonitor } from './event-loop-monitor.js';
import { HttpMetrics } from './http-metrics.js';
import { MetricsRegistry } from './metrics-registry.js';
import { MetricsServer } from './metrics-server.js';
import { TracingModule } from '../tracing/tracing.module.js';
import { QuerySpans } from './query-spans.js';
import { QueryStatistics } from './query-statistics.js';

@Global()
@Module({
  imports: [TracingModule],
  providers: [
    MetricsRegistry,
    MetricsServer,
    HttpMetrics,
    QueryStatistics,
    QuerySpans,
    DatabaseMetrics,
    EventLoopMonitor,
  ],
  exports: [MetricsRegistry, MetricsServer, QueryStatistics, EventLoopMonitor],
})
export class ObservabilityModule {}
