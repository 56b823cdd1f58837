import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { judgeExchange } from '../../../common/auth/refresh-exchange.js';
import { mintPlatformSecret } from '../../../common/auth/secret-token.js';
import { Config } from '../../../common/config/config.js';
import { PlatformDbalService } from '../../../common/dbal/platform-dbal.service.js';
import { RequestContext } from '../../../common/http/request-context.js';
import type { PlatformRefreshToken, PlatformSessionGrant } from './platform-admins.types.js';
import { PlatformAuthLog } from './platform-auth-log.js';
import { PlatformSessionsRepository } from './platform-sessions.repository.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

type SessionOf = Pick<PlatformRefreshToken, 'adminId' | 'familyId'>;

/** Manages sessions of platform admins, by the same rules as those of users. */
@Injectable()
export class PlatformSessionsService {
  private readonly logger = new Logger(PlatformSessionsService.name);

  constructor(
    private readonly sessions: PlatformSessionsRepository,
    private readonly dbal: PlatformDbalService,
    private readonly identities: IdentityCache,
    private readonly request: RequestContext,
    private readonly config: Config,
    private readonly log: PlatformAuthLog,
  ) {}

  /** Starts a session for an admin who has just been authenticated. */
  async start(adminId: string): Promise<PlatformSessionGrant> {
    const session = await this.issue({ adminId, familyId: uuidv7() });
    this.log.note(adminId, 'platform_admin.signed_in', { sessionId: session.sessionId });
    return session;
  }

  /** Exchanges a refresh token, given by its hash, by the rules for users; returns null if it is not valid. */
  refresh(tokenHash: string): Promise<PlatformSessionGrant | null> {
    return this.dbal.transaction(async () => {
      const known = await this.sessions.findByHash(tokenHash);
      if (!known || !(await this.sessions.lockAdmin(known.adminId))) return null;
      const token = await this.sessions.present(known.id, this.config.REFRESH_GRACE_MS);
      const verdict = token ? judgeExchange(token, known.replacedAt !== null) : 'refuse';
      if (verdict === 'theft') await this.revokeReused(known);
      if (verdict === 'theft' || verdict === 'refuse') return null;
      if (verdict === 'sibling') await this.sessions.countSibling(known.id);
      else if (!(await this.sessions.replace(known.id))) return null;
      return this.issue(known);
    });
  }

  /** Ends the session of a refresh token, even if the token was exchanged already. Does nothing for an unknown one. */
  endByToken(tokenHash: string): Promise<void> {
    return this.dbal.transaction(async () => {
      const presented = await this.sessions.findByHash(tokenHash);
      if (presented) await this.signOut(presented);
    });
  }

  /** Does nothing if the session has already ended. */
  async end(adminId: string, sessionId: string): Promise<void> {
    await this.dbal.transaction(() => this.signOut({ adminId, familyId: sessionId }));
  }

  private async revokeReused(token: PlatformRefreshToken): Promise<void> {
    await this.revoke(token);
    this.logger.warn({ sessionId: token.familyId }, 'A refresh token of a platform admin was reused.');
  }

  private async signOut(session: SessionOf): Promise<void> {
    if (!(await this.revoke(session))) return;
    const { adminId, familyId } = session;
    this.dbal.afterCommit(() => this.log.note(adminId, 'platform_admin.signed_out', { sessionId: familyId }));
  }

  /** Returns false if the session had already ended. */
  private async revoke({ adminId, familyId }: SessionOf): Promise<boolean> {
    // A concurrent refresh would create a successor that this statement cannot see.
    await this.sessions.lockAdmin(adminId);
    const isRevoked = await this.sessions.revoke(familyId);
    this.dbal.afterCommit(() => this.identities.forgetSession(familyId));
    return isRevoked;
  }

  private async issue(session: { adminId: string; familyId: string; createdAt?: Date }): Promise<PlatformSessionGrant> {
    const { adminId, familyId, createdAt } = session;
    const { token, hash } = mintPlatformSecret();
    await this.sessions.create({
      adminId,
      familyId,
      createdAt,
      tokenHash: hash,
      expiresAt: databaseTimeIn(this.config.REFRESH_TOKEN_TTL_MS),
      ipAddress: this.request.ipAddress,
      userAgent: this.request.userAgent,
    });
    return { sessionId: familyId, adminId, refreshToken: token };
  }
}
