import { Module } from '@nestjs/common';
import { UsersModule } from '../../users/users.module.js';
import { WorkflowsModule } from '../workflows.module.js';
import { DuplicateWorkflowOperation } from './duplicate-workflow.operation.js';
import { OwnedWorkflows } from './owned-workflows.js';
import { TransferWorkflowOperation } from './transfer-workflow.operation.js';
import { WorkflowOwnersRepository } from './workflow-owners.repository.js';
import { WorkflowTransfersService } from './workflow-transfers.service.js';

@Module({
  imports: [UsersModule, WorkflowsModule],
  providers: [
    WorkflowOwnersRepository,
    WorkflowTransfersService,
    OwnedWorkflows,
    TransferWorkflowOperation,
    DuplicateWorkflowOperation,
  ],
})
export class WorkflowOperationsModule {}
