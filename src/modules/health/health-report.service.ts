import { Injectable } from '@nestjs/common';
import { EventLoopMonitor } from '../../common/observability/event-loop-monitor.js';
import { QueryStatistics } from '../../common/observability/query-statistics.js';
import { SchemaStateService } from '../../common/prisma/schema-state.js';
import type { HealthReportResponse } from './health-report.dto.js';
import { PoolsReadModel } from './pools.read-model.js';
import { recommendationsFor } from './recommendations.js';
import { ServerConnectionsReadModel } from './server-connections.read-model.js';
import { databaseNow } from '../../common/time/database-clock.js';

const PING_TIMEOUT_MS = 1000;

const rounded = (value: number): number => Math.round(value * 100) / 100;

@Injectable()
export class HealthReportService {
  constructor(
    private readonly ownPools: PoolsReadModel,
    private readonly schema: SchemaStateService,
    private readonly server: ServerConnectionsReadModel,
    private readonly queries: QueryStatistics,
    private readonly eventLoop: EventLoopMonitor,
  ) {}

  /** Also responds when the database does not: within about a second, with status `unhealthy`. */
  async report(): Promise<HealthReportResponse> {
    const start = performance.now();
    const state = await this.ownPools.ping(PING_TIMEOUT_MS);
    const connected = state !== 'away';
    const responseTimeMs = performance.now() - start;
    // Read before any query, so that the report does not count its own connections.
    const pools = this.ownPools.states();
    const server = connected ? await this.server.read() : null;
    const migrations = connected ? await this.schema.check() : { ok: false, detail: 'The database does not respond.' };
    const { totalQueries, slowQueries, averageQueryTimeMs } = this.queries;
    const eventLoopP99Ms = this.eventLoop.p99Ms;
    return {
      status: state === 'ready' && migrations.ok ? 'healthy' : 'unhealthy',
      details: {
        connection: connected ? 'connected' : 'disconnected',
        responseTimeMs: rounded(responseTimeMs),
        timestamp: databaseNow().toISOString(),
      },
      metrics: {
        activeConnections: pools.reduce((sum, { inUse }) => sum + inUse, 0),
        totalQueries,
        averageQueryTimeMs: rounded(averageQueryTimeMs),
        slowQueries,
      },
      pools,
      server: server && { usedConnections: server.used, availableConnections: server.available },
      migrations,
      eventLoopDelayMs: rounded(eventLoopP99Ms),
      uptimeMs: Math.round(process.uptime() * 1000),
      recommendations: recommendationsFor({
        connected,
        takesWrites: state !== 'read-only',
        migrations,
        queries: { total: totalQueries, slow: slowQueries, averageMs: averageQueryTimeMs },
        pools,
        server,
        eventLoopP99Ms,
      }),
    };
  }
}
