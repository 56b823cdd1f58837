import { Module } from '@nestjs/common';
import { WorkflowOperationsModule } from './operations/workflow-operations.module.js';
import { RunsModule } from './runs/runs.module.js';
import { WorkflowsModule } from './workflows.module.js';

/** Workflows, their scripts and their runs. */
@Module({ imports: [WorkflowsModule, RunsModule, WorkflowOperationsModule] })
export class WorkflowsFeatureModule {}
