import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { ActionsModule } from './actions/actions.module.js';
import { DefinitionChecker } from './definitions/definition-checker.js';
import { DefinitionWriter } from './definitions/definition-writer.js';
import { HookSeal } from './hooks/hook-seal.js';
import { HookSecretsController } from './hooks/hook-secrets.controller.js';
import { HookSecretsRepository } from './hooks/hook-secrets.repository.js';
import { HookSecretsService } from './hooks/hook-secrets.service.js';
import { WorkflowHooksRepository } from './hooks/workflow-hooks.repository.js';
import { WorkflowHooksService } from './hooks/workflow-hooks.service.js';
import { WorkflowLifecycleController } from './lifecycle/workflow-lifecycle.controller.js';
import { WorkflowLifecycleService } from './lifecycle/workflow-lifecycle.service.js';
import { LuaScriptEntityWriter } from './lua-scripts/lua-script.entity-writer.js';
import { LuaScriptsController } from './lua-scripts/lua-scripts.controller.js';
import { LuaScriptsRepository } from './lua-scripts/lua-scripts.repository.js';
import { LuaScriptAdmission } from './lua-scripts/lua-script-admission.js';
import { LuaScriptsService } from './lua-scripts/lua-scripts.service.js';
import { ScriptUsesRepository } from './lua-scripts/uses/script-uses.repository.js';
import { ScriptUsesService } from './lua-scripts/uses/script-uses.service.js';
import { WorkflowScriptsController } from './lua-scripts/uses/workflow-scripts.controller.js';
import { WorkflowScriptsService } from './lua-scripts/uses/workflow-scripts.service.js';
import { ScriptVersionsController } from './lua-scripts/versions/script-versions.controller.js';
import { ScriptVersionsRepository } from './lua-scripts/versions/script-versions.repository.js';
import { ScriptVersionsService } from './lua-scripts/versions/script-versions.service.js';
import { ScriptTrialsController } from './lua-scripts/script-trials.controller.js';
import { ScriptTrialsService } from './lua-scripts/script-trials.service.js';
import { ScheduleModule } from './runs/schedule.module.js';
import { SandboxModule } from './sandbox/sandbox.module.js';
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

/** What workflows are: definitions, versions, scripts. How they run is `runs/`. */
@Module({
  imports: [TenantsModule, UsersModule, ActionsModule, SandboxModule, ScheduleModule],
  controllers: [
    WorkflowsController,
    WorkflowLifecycleController,
    WorkflowVersionsController,
    HookSecretsController,
    LuaScriptsController,
    ScriptVersionsController,
    WorkflowScriptsController,
    ScriptTrialsController,
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
    LuaScriptsService,
    LuaScriptAdmission,
    WorkflowVersionStore,
    LuaScriptsRepository,
    ScriptVersionsService,
    ScriptVersionsRepository,
    ScriptUsesService,
    ScriptUsesRepository,
    WorkflowScriptsService,
    LuaScriptEntityWriter,
    ScriptTrialsService,
  ],
  exports: [
    WorkflowsService,
    WorkflowLifecycleService,
    WorkflowHooksService,
    WorkflowOwnership,
    LuaScriptsService,
    ScriptVersionsService,
  ],
})
export class WorkflowsModule {}
