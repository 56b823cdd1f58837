import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { UsersModule } from '../users.module.js';
import { OffboardUserOperation } from './offboard-user.operation.js';
import { OffboardingService } from './offboarding.service.js';
import { OwnedResources } from './owned-resources.js';

@Module({
  imports: [DiscoveryModule, UsersModule, ApiKeysModule],
  providers: [OwnedResources, OffboardingService, OffboardUserOperation],
})
export class OffboardingModule {}
