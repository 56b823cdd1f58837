import { Module } from '@nestjs/common';
import { RefreshTokenIssuer } from './refresh-token-issuer.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/** Apart from `AuthModule`, which needs users: users need sessions. */
@Module({ providers: [SessionsRepository, RefreshTokenIssuer, SessionsService], exports: [SessionsService] })
export class SessionsModule {}
