import { Module } from '@nestjs/common';
import { UsersModule } from '../../users/users.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { ScheduleModule } from '../runs/schedule.module.js';
import { WorkflowsModule } from '../workflows.module.js';
import { DuplicateWorkflowOperation } from './duplicate-workflow.operation.js';
import { OpenRunHandovers } from './open-run-handovers.js';
import { OwnedWorkflows } from './owned-workflows.js';
import { RaisedOwners } from './raised-owners.js';
import { TransferWorkflowOperation } from './transfer-workflow.operation.js';
import { WorkflowOwnersRepository } from './workflow-owners.repository.js';
import { WorkflowTransfersService } from './workflow-transfers.service.js';

@Module({
  imports: [UsersModule, WorkflowsModule, RunsModule, ScheduleModule],
  providers: [
    WorkflowOwnersRepository,
    WorkflowTransfersService,
    OpenRunHandovers,
    OwnedWorkflows,
    RaisedOwners,
    TransferWorkflowOperation,
    DuplicateWorkflowOperation,
  ],
})
export class WorkflowOperationsModule {}
