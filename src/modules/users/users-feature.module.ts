import { Module } from '@nestjs/common';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AuthModule } from './auth/auth.module.js';
import { OffboardingModule } from './offboarding/offboarding.module.js';
import { PowerTransfersModule } from './power-transfers/power-transfers.module.js';
import { UsersModule } from './users.module.js';

/** Users of a tenant, and how they sign in. */
@Module({ imports: [UsersModule, AuthModule, ApiKeysModule, PowerTransfersModule, OffboardingModule] })
export class UsersFeatureModule {}
