import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FirstPlatformAdmin } from './first-platform-admin.js';
import { CountedMails } from './counted-mails.service.js';
import { DeleteDueTenantsTask } from './lifecycle/delete-due-tenants.task.js';
import { DeleteTenantTask } from './lifecycle/delete-tenant.task.js';
import { TenantDeletionRepository } from './lifecycle/tenant-deletion.repository.js';
import { TenantDeletionService } from './lifecycle/tenant-deletion.service.js';
import { TenantLifecycleController } from './lifecycle/tenant-lifecycle.controller.js';
import { TenantLifecycleService } from './lifecycle/tenant-lifecycle.service.js';
import { OwnTenantController } from './own-tenant.controller.js';
import { OwnTenantRepository } from './own-tenant.repository.js';
import { OwnTenantService } from './own-tenant.service.js';
import { PlanLimitsDescription } from './plan-limits-description.js';
import { PlanLimits } from './plan-limits.service.js';
import { PlatformAdminsModule } from './platform-admins/platform-admins.module.js';
import { ProvisioningPace } from './provisioning/provisioning-pace.js';
import { ProvisioningProgressRepository } from './provisioning/provisioning-progress.repository.js';
import { ProvisioningRunner } from './provisioning/provisioning-runner.js';
import { ProvisioningStepRegistry } from './provisioning/provisioning-step-registry.js';
import { ProvisioningService } from './provisioning/provisioning.service.js';
import { RecoverProvisioningTask } from './provisioning/recover-provisioning.task.js';
import { PlatformRetentionRepository } from './retention/platform-retention.repository.js';
import { TenantChangeLog } from './tenant-change-log.js';
import { TenantUsageReadModel } from './tenant-usage.read-model.js';
import { TenantsController } from './tenants.controller.js';
import { UsageCountersRepository } from './usage-counters.repository.js';
import { TenantStreamLimit } from './tenant-stream-limit.js';
import { TenantsRepository } from './tenants.repository.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [DiscoveryModule, PlatformAdminsModule],
  controllers: [TenantsController, TenantLifecycleController, OwnTenantController],
  providers: [
    TenantsRepository,
    TenantsService,
    TenantChangeLog,
    FirstPlatformAdmin,
    OwnTenantRepository,
    TenantUsageReadModel,
    OwnTenantService,
    PlanLimits,
    PlanLimitsDescription,
    CountedMails,
    UsageCountersRepository,
    TenantStreamLimit,
    TenantLifecycleService,
    TenantDeletionRepository,
    TenantDeletionService,
    DeleteTenantTask,
    DeleteDueTenantsTask,
    ProvisioningPace,
    ProvisioningStepRegistry,
    ProvisioningProgressRepository,
    ProvisioningRunner,
    ProvisioningService,
    RecoverProvisioningTask,
    PlatformRetentionRepository,
  ],
  exports: [TenantsService, OwnTenantService, PlanLimits, CountedMails, ProvisioningService],
})
export class TenantsModule {}
