import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { ScriptingModule } from '../scripting/scripting.module.js';
import { ActionsModule } from './actions/actions.module.js';
import { DefinitionChecker } from './definitions/definition-checker.js';
import { DefinitionWriter } from './versions/definition-writer.js';
import { HookSeal } from '../workflow-runs/hooks/hook-seal.js';
import { HookSecretsController } from '../workflow-runs/hooks/hook-secrets.controller.js';
import { HookSecretsRepository } from '../workflow-runs/hooks/hook-secrets.repository.js';
import { HookSecretsService } from '../workflow-runs/hooks/hook-secrets.service.js';
import { WorkflowHooksRepository } from '../workflow-runs/hooks/workflow-hooks.repository.js';
import { WorkflowHooksService } from '../workflow-runs/hooks/workflow-hooks.service.js';
import { WorkflowLifecycleController } from './lifecycle/workflow-lifecycle.controller.js';
import { WorkflowLifecycleService } from './lifecycle/workflow-lifecycle.service.js';
import { WorkflowScriptsController } from './scripts/workflow-scripts.controller.js';
import { WorkflowScriptsService } from './scripts/workflow-scripts.service.js';
import { ScheduleModule } from '../workflow-runs/schedules/schedule.module.js';
import { WorkflowVersionsController } from './versions/workflow-versions.controller.js';
import { WorkflowVersionsRepository } from './versions/workflow-versions.repository.js';
import { WorkflowVersionStore } from './versions/workflow-version-store.js';
import { WorkflowVersionsService } from './versions/workflow-versions.service.js';
import { WorkflowBirth } from './workflow-birth.js';
import { WorkflowEntityWriter } from './workflow.entity-writer.js';
import { WorkflowOwnership } from './workflow-ownership.js';
import { WorkflowsController } from './workflows.controller.js';
import './workflows.entities.js';
import { WorkflowsRepository } from './workflows.repository.js';
import { WorkflowsService } from './workflows.service.js';
import './workflows.events.js';

/** What workflows are: definitions, versions, life cycle. How they run is the module `workflow-runs`. */
@Module({
  imports: [TenantsModule, UsersModule, ScriptingModule, ActionsModule, ScheduleModule],
  controllers: [
    WorkflowsController,
    WorkflowLifecycleController,
    WorkflowVersionsController,
    HookSecretsController,
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
    WorkflowHooksService,
    WorkflowHooksRepository,
    HookSecretsService,
    HookSecretsRepository,
    HookSeal,
    DefinitionChecker,
    DefinitionWriter,
    WorkflowVersionStore,
    WorkflowScriptsService,
  ],
  exports: [WorkflowsService, WorkflowLifecycleService, WorkflowHooksService, WorkflowVersionsService],
})
export class WorkflowsModule {}
