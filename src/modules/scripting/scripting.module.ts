import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { LuaScriptEntityWriter } from './lua-scripts/lua-script.entity-writer.js';
import { LuaScriptAdmission } from './lua-scripts/lua-script-admission.js';
import { LuaScriptsController } from './lua-scripts/lua-scripts.controller.js';
import { LuaScriptsRepository } from './lua-scripts/lua-scripts.repository.js';
import { LuaScriptsService } from './lua-scripts/lua-scripts.service.js';
import { ScriptTrialsController } from './lua-scripts/script-trials.controller.js';
import { ScriptTrialsService } from './lua-scripts/script-trials.service.js';
import { ScriptUsesRepository } from './lua-scripts/uses/script-uses.repository.js';
import { ScriptUsesService } from './lua-scripts/uses/script-uses.service.js';
import { ScriptVersionsController } from './lua-scripts/versions/script-versions.controller.js';
import { ScriptVersionsRepository } from './lua-scripts/versions/script-versions.repository.js';
import { ScriptVersionsService } from './lua-scripts/versions/script-versions.service.js';
import { Conditions } from './sandbox/conditions.service.js';
import { ExpressionChecker } from './sandbox/expression-checker.service.js';
import { ScriptSandbox } from './sandbox/script-sandbox.service.js';

/** Provides the sandbox for scripts and expressions, and the tenant's Lua scripts with their versions and uses. */
@Module({
  imports: [TenantsModule, UsersModule],
  controllers: [LuaScriptsController, ScriptVersionsController, ScriptTrialsController],
  providers: [
    ScriptSandbox,
    Conditions,
    ExpressionChecker,
    LuaScriptsService,
    LuaScriptsRepository,
    LuaScriptAdmission,
    LuaScriptEntityWriter,
    ScriptVersionsService,
    ScriptVersionsRepository,
    ScriptUsesService,
    ScriptUsesRepository,
    ScriptTrialsService,
  ],
  exports: [ScriptSandbox, Conditions, ExpressionChecker, LuaScriptsService, ScriptVersionsService, ScriptUsesService],
})
export class ScriptingModule {}
