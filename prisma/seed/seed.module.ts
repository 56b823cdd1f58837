import { Module } from '@nestjs/common';
import { AppModule } from '../../src/app.module.js';
import { PlatformAdminsModule } from '../../src/modules/tenants/platform-admins/platform-admins.module.js';
import { TenantsModule } from '../../src/modules/tenants/tenants.module.js';
import { DemoSeed } from './demo-seed.js';
import { DemoTenantSeed } from './demo-tenant-seed.js';
import { DemoRepository } from './demo.repository.js';

@Module({
  imports: [AppModule, TenantsModule, PlatformAdminsModule],
  providers: [DemoSeed, DemoTenantSeed, DemoRepository],
})
export class SeedModule {}
