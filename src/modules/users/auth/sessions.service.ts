import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../../../common/identity/actor.js';
import { AuditService } from '../../../common/audit/audit.service.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { judgeExchange } from '../../../common/auth/refresh-exchange.js';
import { Config } from '../../../common/config/config.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import type { CursorQuery } from '../../../common/contracts/page.js';
import { RefreshTokenIssuer } from './refresh-token-issuer.js';
import { SessionsRepository } from './sessions.repository.js';
import type { LiveSession, RefreshToken, SessionGrant } from './sessions.types.js';

/**
 * Manages sign-ins of the tenant's users: families of refresh tokens, of which only the newest and its siblings are
 * valid.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: RefreshTokenIssuer,
    private readonly dbal: DbalService,
    private readonly identities: IdentityCache,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {}

  /**
   * Starts a session for a user who has just been authenticated, in the running transaction. If the user has as many as
   * the plan allows, the least recently used ones end.
   */
  async start(userId: string): Promise<SessionGrant> {
    for (const sessionId of await this.tokens.surplusOf(userId)) {
      await this.revoke(userId, { only: sessionId });
      const actor: Actor = { kind: 'user', id: userId, role: 'viewer', permissions: new Set() };
      const details = { reason: 'plan.limit_reached' };
      await this.audit.record(actor, {
        action: 'session.revoked',
        targetType: 'session',
        targetId: sessionId,
        details,
      });
    }
    return this.tokens.issue({ userId, familyId: uuidv7() });
  }

  /**
   * Exchanges a refresh token, given by its hash, for its successor; null if it is invalid. A token may be used again
   * for REFRESH_GRACE_MS and then yields siblings of its successor, five at most; use after that means that it or its
   * successor was stolen, and revokes the whole session.
   */
  refresh(tokenHash: string): Promise<SessionGrant | null> {
    return this.dbal.transaction(async () => {
      const known = await this.sessions.findByHash(tokenHash);
      if (!known) return null;
      const isActive = await this.sessions.lockActiveUser(known.userId);
      const token = await this.sessions.present(known.id, this.config.REFRESH_GRACE_MS);
      const verdict = token ? judgeExchange(token, known.replacedAt !== null) : 'refuse';
      if (verdict === 'theft') await this.revokeReused(known);
      if (verdict === 'theft' || verdict === 'refuse' || !isActive) return null;
      if (verdict === 'sibling') await this.sessions.countSibling(known.id);
      else if (!(await this.sessions.replace(known.id))) return null;
      return this.tokens.issue(known);
    });
  }

  /** Ends the session of a refresh token, even if the token was exchanged already. Does nothing for an unknown one. */
  endByToken(tokenHash: string): Promise<void> {
    return this.dbal.transaction(async () => {
      const presented = await this.sessions.findByHash(tokenHash);
      if (presented) await this.signOut(actorOf(presented), presented.familyId);
    });
  }

  /** Ends the actor's own session. Does nothing if it has already ended. */
  async end(actor: Actor, sessionId: string): Promise<void> {
    await this.dbal.transaction(() => this.signOut(actor, sessionId));
  }

  /** Returns the actor's own sessions, newest sign-in first; up to one more than the page holds. */
  list(actor: Actor, query: CursorQuery): Promise<LiveSession[]> {
    return this.sessions.findLive(actor.id, query);
  }

  /** @throws NotFoundError `session.not_found`, also for another user's session. */
  remove(actor: Actor, sessionId: string): Promise<void> {
    return this.dbal.transaction(async () => {
      const revoked = await this.revoke(actor.id, { only: sessionId });
      if (revoked.length === 0) throw new NotFoundError('session');
      await this.audit.record(actor, { action: 'session.revoked', targetType: 'session', targetId: sessionId });
    });
  }

  /** Signs a user out everywhere, or everywhere else. */
  async revokeAllOf(userId: string, { except }: { except?: string } = {}): Promise<void> {
    await this.dbal.transaction(() => this.revoke(userId, { except }));
  }

  private async signOut(actor: Actor, sessionId: string): Promise<void> {
    const revoked = await this.revoke(actor.id, { only: sessionId });
    if (revoked.length === 0) return;
    const details = { sessionId };
    await this.audit.record(actor, { action: 'user.signed_out', targetType: 'user', targetId: actor.id, details });
  }

  private async revoke(userId: string, families: { only?: string; except?: string }): Promise<string[]> {
    await this.sessions.lockActiveUser(userId);
    const revoked = await this.sessions.revoke(userId, families);
    this.dbal.afterCommit(() => revoked.forEach((sessionId) => this.identities.forgetSession(sessionId)));
    return revoked;
  }

  private async revokeReused(token: RefreshToken): Promise<void> {
    const { userId, familyId } = token;
    const revoked = await this.revoke(userId, { only: familyId });
    if (revoked.length === 0) return;
    await this.audit.record(actorOf(token), {
      action: 'session.reuse_detected',
      targetType: 'session',
      targetId: familyId,
    });
  }
}

/** Returns the holder of the token as an actor for the audit log. It proves a sign-in, but grants nothing here. */
function actorOf({ userId, familyId }: RefreshToken): Actor {
  return { kind: 'user', id: userId, role: 'viewer', permissions: new Set(), sessionId: familyId };
}
