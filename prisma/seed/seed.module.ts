import { Module } from '@nestjs/common';
import { AppModule } from '../../src/app.module.js';
import { PlatformAdminsModule } from '../../src/modules/tenants/platform-admins/platform-admins.module.js';
import { ScriptingModule } from '../../src/modules/scripting/scripting.module.js';
import { TenantsModule } from '../../src/modules/tenants/tenants.module.js';
import { WorkflowRunsModule } from '../../src/modules/workflow-runs/workflow-runs.module.js';
import { WorkflowsModule } from '../../src/modules/workflows/workflows.module.js';
import { DemoContentSeed } from './demo-content-seed.js';
import { DemoSeed } from './demo-seed.js';
import { DemoTenantSeed } from './demo-tenant-seed.js';
import { DemoWorkflowSeed } from './demo-workflow-seed.js';
import { DemoRepository } from './demo.repository.js';

@Module({
  imports: [AppModule, TenantsModule, PlatformAdminsModule, ScriptingModule, WorkflowsModule, WorkflowRunsModule],
  providers: [DemoSeed, DemoTenantSeed, DemoContentSeed, DemoWorkflowSeed, DemoRepository],
})
export class SeedModule {}
