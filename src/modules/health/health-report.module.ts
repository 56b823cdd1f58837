import { Module } from '@nestjs/common';
import { HealthModule } from '../../common/health/health.module.js';
import { ConnectionBudget } from './connection-budget.js';
import { HealthReportController } from './health-report.controller.js';
import { HealthReportService } from './health-report.service.js';
import { PoolsReadModel } from './pools.read-model.js';
import { ServerConnectionsReadModel } from './server-connections.read-model.js';

/** Provides the health report for platform admins, and checks the connection budget at start. */
@Module({
  imports: [HealthModule],
  controllers: [HealthReportController],
  providers: [PoolsReadModel, ServerConnectionsReadModel, HealthReportService, ConnectionBudget],
})
export class HealthReportModule {}
