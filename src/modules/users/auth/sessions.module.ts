import { Module } from '@nestjs/common';
import { TenantsModule } from '../../tenants/tenants.module.js';
import { RefreshTokenIssuer } from './refresh-token-issuer.js';
import { SessionRoom } from './session-room.js';
import { SessionRoomRepository } from './session-room.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/** Separate from `AuthModule` to avoid a cycle: that needs users, and users need sessions. */
@Module({
  imports: [TenantsModule],
  providers: [SessionsRepository, RefreshTokenIssuer, SessionRoom, SessionRoomRepository, SessionsService],
  exports: [SessionsService],
})
export class SessionsModule {}
