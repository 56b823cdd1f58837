import { Module } from '@nestjs/common';
import { WorkflowOperationsModule } from '../workflows/handovers/workflow-operations.module.js';
import { WorkflowRunsModule } from './workflow-runs.module.js';

/** Runs of workflows. */
@Module({ imports: [WorkflowRunsModule, WorkflowOperationsModule] })
export class WorkflowRunsFeatureModule {}
