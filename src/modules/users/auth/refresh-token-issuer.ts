import { Injectable } from '@nestjs/common';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { Config } from '../../../common/config/config.js';
import { RequestContext } from '../../../common/http/request-context.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { SessionRoom } from './session-room.js';
import { SessionsRepository } from './sessions.repository.js';
import type { SessionGrant } from './sessions.types.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

/** Issues refresh tokens, and records the client that each was issued to. */
@Injectable()
export class RefreshTokenIssuer {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly room: SessionRoom,
    private readonly tenant: TenantContext,
    private readonly request: RequestContext,
    private readonly config: Config,
  ) {}

  /** Returns the sessions to end when the user starts another one, least recently used first. */
  surplusOf(userId: string): Promise<string[]> {
    return this.room.surplus(userId);
  }

  /** Issues the first or next token of a session, valid for REFRESH_TOKEN_TTL_MS from now. */
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
