import { Module } from '@nestjs/common';
import { UsersModule } from '../../users/users.module.js';
import { WorkflowRunsModule } from '../../workflow-runs/workflow-runs.module.js';
import { ScheduleModule } from '../../workflow-runs/schedules/schedule.module.js';
import { WorkflowsModule } from '../workflows.module.js';
import { DuplicateWorkflowOperation } from '../duplicate-workflow.operation.js';
import { OpenRunHandovers } from '../../workflow-runs/handovers/open-run-handovers.js';
import { RunOwnersRepository } from '../../workflow-runs/handovers/run-owners.repository.js';
import { OwnedWorkflows } from './owned-workflows.js';
import { RaisedOwners } from './raised-owners.js';
import { TransferWorkflowOperation } from './transfer-workflow.operation.js';
import { WorkflowOwnersRepository } from './workflow-owners.repository.js';
import { WorkflowTransfersService } from './workflow-transfers.service.js';

@Module({
  imports: [UsersModule, WorkflowsModule, WorkflowRunsModule, ScheduleModule],
  providers: [
    RunOwnersRepository,
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
