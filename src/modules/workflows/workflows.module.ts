import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { ScriptingModule } from '../scripting/scripting.module.js';
import { ActionsModule } from './actions/actions.module.js';
import { DefinitionChecker } from './definitions/definition-checker.js';
import { DefinitionWriter } from './versions/definition-writer.js';
import { DuplicateWorkflowOperation } from './duplicate-workflow.operation.js';
import { OpenRuns } from './handovers/open-runs.js';
import { OwnedWorkflows } from './handovers/owned-workflows.js';
import { RaisedOwners } from './handovers/raised-owners.js';
import { TransferWorkflowOperation } from './handovers/transfer-workflow.operation.js';
import { WorkflowOwnersRepository } from './handovers/workflow-owners.repository.js';
import { WorkflowTransfersService } from './handovers/workflow-transfers.service.js';
import { TriggerRegistry } from './triggers/trigger-registry.js';
import { WorkflowLifecycleController } from './lifecycle/workflow-lifecycle.controller.js';
import { WorkflowLifecycleService } from './lifecycle/workflow-lifecycle.service.js';
import { WorkflowScriptsController } from './scripts/workflow-scripts.controller.js';
import { WorkflowScriptsService } from './scripts/workflow-scripts.service.js';
import { WorkflowVersionsController } from './versions/workflow-versions.controller.js';
import { WorkflowVersionsRepository } from './versions/workflow-versions.repository.js';
import { WorkflowVersionStore } from './versions/workflow-version-store.js';
import { WorkflowVersionsService } from './versions/workflow-versions.service.js';
import { WorkflowBirth } from './workflow-birth.js';
import { WorkflowEntityWriter } from './workflow.entity-writer.js';
import { WorkflowOwnership } from './workflow-ownership.js';
import { WorkflowsController } from './workflows.controller.js';
import { WorkflowsRepository } from './workflows.repository.js';
import { WorkflowsService } from './workflows.service.js';
import './workflows.events.js';

/**
 * Manages workflows: definitions, versions, life cycle, owners. The module `workflow-runs` executes and starts them.
 */
@Module({
  imports: [TenantsModule, UsersModule, ScriptingModule, ActionsModule, DiscoveryModule],
  controllers: [
    WorkflowsController,
    WorkflowLifecycleController,
    WorkflowVersionsController,
    WorkflowScriptsController,
  ],
  providers: [
    WorkflowsService,
    WorkflowsRepository,
    WorkflowBirth,
    WorkflowOwnership,
    WorkflowEntityWriter,
    WorkflowLifecycleService,
    WorkflowVersionsService,
    WorkflowVersionsRepository,
    DefinitionChecker,
    DefinitionWriter,
    WorkflowVersionStore,
    WorkflowScriptsService,
    TriggerRegistry,
    OpenRuns,
    WorkflowTransfersService,
    WorkflowOwnersRepository,
    OwnedWorkflows,
    RaisedOwners,
    TransferWorkflowOperation,
    DuplicateWorkflowOperation,
  ],
  exports: [WorkflowsService, WorkflowLifecycleService, WorkflowVersionsService],
})
export class WorkflowsModule {}
