import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectionBudget } from './connection-budget.js';
import { HealthReportController } from './health-report.controller.js';
import { HealthReportService } from './health-report.service.js';
import { ProbesController } from './probes.controller.js';
import { Readiness } from './readiness.js';
import { ServerConnectionsReadModel } from './server-connections.read-model.js';

@Module({
  // Terminus would log every failed probe; Readiness logs the change.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [ProbesController, HealthReportController],
  providers: [Readiness, ServerConnectionsReadModel, HealthReportService, ConnectionBudget],
})
export class HealthModule {}
