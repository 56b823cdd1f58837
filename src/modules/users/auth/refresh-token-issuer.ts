import { Injectable } from '@nestjs/common';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { Config } from '../../../common/config/config.js';
import { RequestContext } from '../../../common/http/request-context.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { SessionRoom } from './session-room.js';
import { SessionsRepository } from './sessions.repository.js';
import type { SessionGrant } from './sessions.types.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

/** Makes refresh tokens, and remembers from where they were asked for. */
@Injectable()
export class RefreshTokenIssuer {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly room: SessionRoom,
    private readonly tenant: TenantContext,
    private readonly request: RequestContext,
    private readonly config: Config,
  ) {}

  /** Sessions that end for one more of the user, used longest ago first. */
  surplusOf(userId: string): Promise<string[]> {
    return this.room.surplus(userId);
  }

  /** The next token of a session, or the first; good for REFRESH_TOKEN_TTL_MS from now. */
  async issue(session: { familyId: string; userId: string; createdAt?: Date }): Promise<SessionGrant> {
    const { familyId, userId, createdAt } = session;
    await this.room.forToken(userId);
    const { token, hash } = mintSecret('refresh', this.tenant.tenantId);
    await this.sessions.create({
      familyId,
      userId,
      createdAt,
      tokenHash: hash,
      expiresAt: databaseTimeIn(this.config.REFRESH_TOKEN_TTL_MS),
      ipAddress: this.request.ipAddress,
      userAgent: this.request.userAgent,
    });
    return { sessionId: familyId, userId, refreshToken: token };
  }
}
