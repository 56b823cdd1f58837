import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { UserAccountsModule } from '../user-accounts.module.js';
import { OffboardUserOperation } from './offboard-user.operation.js';
import { OffboardingService } from './offboarding.service.js';
import { OwnedResourceRegistry } from './owned-resource-registry.js';

@Module({
  imports: [DiscoveryModule, UserAccountsModule, ApiKeysModule],
  providers: [OwnedResourceRegistry, OffboardingService, OffboardUserOperation],
})
export class OffboardingModule {}
