import { Module } from '@nestjs/common';
import { PlatformAdminsRepository } from './platform-admins.repository.js';
import { PlatformAdminsService } from './platform-admins.service.js';
import { PlatformAuthController } from './platform-auth.controller.js';
import { PlatformAuthService } from './platform-auth.service.js';
import { PlatformLoginAttemptsRepository } from './platform-login-attempts.repository.js';
import { PlatformSessionsRepository } from './platform-sessions.repository.js';
import { PlatformAuthLog } from './platform-auth-log.js';
import { PlatformSignInGuard } from './platform-sign-in-guard.js';
import { PlatformSignInNetworksRepository } from './platform-sign-in-networks.repository.js';
import { PlatformSessionsService } from './platform-sessions.service.js';

@Module({
  controllers: [PlatformAuthController],
  providers: [
    PlatformAdminsRepository,
    PlatformLoginAttemptsRepository,
    PlatformSessionsRepository,
    PlatformSignInNetworksRepository,
    PlatformSignInGuard,
    PlatformAuthLog,
    PlatformAdminsService,
    PlatformSessionsService,
    PlatformAuthService,
  ],
  exports: [PlatformAdminsService],
})
export class PlatformAdminsModule {}
