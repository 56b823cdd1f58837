import { Module } from '@nestjs/common';
import { AppModule } from '../../src/app.module.js';
import { PlatformAdminsModule } from '../../src/modules/tenants/platform-admins/platform-admins.module.js';
import { TenantsModule } from '../../src/modules/tenants/tenants.module.js';
import { WorkflowRunsModule } from '../../src/modules/workflow-runs/workflow-runs.module.js';
import { WorkflowsModule } from '../../src/modules/workflows/workflows.module.js';
import { DemoContentSeed } from './demo-content-seed.js';
import { DemoRowSeed } from './demo-row-seed.js';
import { DemoSeed } from './demo-seed.js';
import { DemoTenantSeed } from './demo-tenant-seed.js';
import { DemoWorkflowSeed } from './demo-workflow-seed.js';
import { DemoRepository } from './demo.repository.js';

@Module({
  imports: [AppModule, TenantsModule, PlatformAdminsModule, WorkflowsModule, WorkflowRunsModule],
  providers: [DemoSeed, DemoTenantSeed, DemoContentSeed, DemoRowSeed, DemoWorkflowSeed, DemoRepository],
})
export class SeedModule {}
