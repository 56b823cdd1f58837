import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectionBudget } from '../../modules/health/connection-budget.js';
import { HealthReportController } from '../../modules/health/health-report.controller.js';
import { HealthReportService } from '../../modules/health/health-report.service.js';
import { ProbesController } from './probes.controller.js';
import { Readiness } from './readiness.js';
import { ServerConnectionsReadModel } from '../../modules/health/server-connections.read-model.js';

@Module({
  // Terminus would log every failed probe; Readiness logs the change.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [ProbesController, HealthReportController],
  providers: [Readiness, ServerConnectionsReadModel, HealthReportService, ConnectionBudget],
})
export class HealthModule {}
