import { Module } from '@nestjs/common';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AuthModule } from './auth/auth.module.js';
import { OffboardingModule } from './offboarding/offboarding.module.js';
import { PowerTransfersModule } from './power-transfers/power-transfers.module.js';
import { UserAccountsModule } from './user-accounts.module.js';

/** Users of a tenant, and how they sign in. Other modules import this one, not its parts. */
@Module({
  imports: [UserAccountsModule, AuthModule, ApiKeysModule, PowerTransfersModule, OffboardingModule],
  exports: [UserAccountsModule],
})
export class UsersModule {}
