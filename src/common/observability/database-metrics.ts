import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Counter, Gauge, Histogram } from 'prom-client';
import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { QueryObserver } from '../prisma/query-observer.js';
import { MetricsRegistry } from './metrics-registry.js';
import { QueryStatistics } from './query-statistics.js';

const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics of pools and queries, by database role. */
@Injectable()
export class DatabaseMetrics {
  constructor(
    registry: MetricsRegistry,
    observer: QueryObserver,
    statistics: QueryStatistics,
    prisma: PrismaService,
    platform: PlatformPrismaService,
  ) {
    const pools: [string, Pool][] = [
      ['app', prisma.pool],
      ['platform', platform.pool],
    ];
    new Gauge({
      name: 'db_pool_connections',
      help: 'Connections of a pool, and (state "waiting") callers waiting for one.',
      labelNames: ['role', 'state'],
      registers: [registry],
      collect() {
        for (const [role, pool] of pools) {
          this.set({ role, state: 'in_use' }, pool.totalCount - pool.idleCount);
          this.set({ role, state: 'idle' }, pool.idleCount);
          this.set({ role, state: 'waiting' }, pool.waitingCount);
        }
      },
    });
    new Gauge({
      name: 'db_pool_connections_max',
      help: 'Maximum number of connections of a pool.',
      labelNames: ['role'],
      registers: [registry],
      collect() {
        for (const [role, pool] of pools) this.set({ role }, pool.options.max);
      },
    });
    const duration = new Histogram({
      name: 'db_query_duration_seconds',
      help: 'Duration of one statement, without waiting for a connection.',
      labelNames: ['role'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
    const slow = new Counter({
      name: 'db_slow_queries_total',
      help: 'Statements that took longer than SLOW_QUERY_THRESHOLD_MS.',
      labelNames: ['role'],
      registers: [registry],
    });
    for (const [role] of pools) slow.inc({ role }, 0);
    observer.onQuery((event) => {
      duration.observe({ role: event.role }, event.durationMs / 1000);
      if (statistics.isSlow(event)) slow.inc({ role: event.role });
    });
  }
}
