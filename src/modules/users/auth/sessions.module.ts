import { Module } from '@nestjs/common';
import { TenantsModule } from '../../tenants/tenants.module.js';
import { RefreshTokenIssuer } from './refresh-token-issuer.js';
import { SessionRoom } from './session-room.js';
import { SessionRoomRepository } from './session-room.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/** Apart from `AuthModule`, which needs users: users need sessions. */
@Module({
  imports: [TenantsModule],
  providers: [SessionsRepository, RefreshTokenIssuer, SessionRoom, SessionRoomRepository, SessionsService],
  exports: [SessionsService],
})
export class SessionsModule {}
