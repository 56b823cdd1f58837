import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ProbesController } from './probes.controller.js';
import { Readiness } from './readiness.js';

/** Kubernetes probes. */
@Module({
  // Terminus would log every failed probe; Readiness logs only changes.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [ProbesController],
  providers: [Readiness],
  exports: [Readiness],
})
export class HealthModule {}
