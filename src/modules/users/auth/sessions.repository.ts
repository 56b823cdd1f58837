import { Injectable } from '@nestjs/common';
import { type CursorQuery, readCursor } from '../../../common/contracts/page.js';
import { behind } from '../../../common/prisma/conditions.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import type { PresentedToken } from '../../../common/auth/refresh-exchange.js';
import type { LiveSession, RefreshToken } from './sessions.types.js';
import { databaseNow } from '../../../common/time/database-clock.js';

const TOKEN = {
  id: true,
  familyId: true,
  userId: true,
  expiresAt: true,
  replacedAt: true,
  revokedAt: true,
  createdAt: true,
} satisfies Prisma.SessionSelect;

export interface NewRefreshToken {
  familyId: string;
  userId: string;
  tokenHash: string;
  expiresAt: Date;
  ipAddress?: string;
  userAgent?: string;
  createdAt?: Date;
}

@Injectable()
export class SessionsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Locks the user's sessions against concurrent starts, refreshes and revocations until the running transaction ends:
   * a revocation could not see the successor of a token that is being exchanged. Returns false if there is no such
   * user, or it is not ACTIVE.
   */
  async lockActiveUser(userId: string): Promise<boolean> {
    const rows = await this.prisma.$queryRaw<{ status: string }[]>`
      SELECT status FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    return rows[0]?.status === 'ACTIVE';
  }

  async create(token: NewRefreshToken): Promise<void> {
    await this.prisma.session.create({ data: token, select: { id: true } });
  }

  findByHash(tokenHash: string): Promise<RefreshToken | null> {
    return this.prisma.session.findFirst({ where: { tokenHash }, select: TOKEN });
  }

  /**
   * Returns the current state of the token for `judgeExchange`, by the database's clock; null if it is gone or revoked.
   */
  async present(id: string, graceMs: number): Promise<PresentedToken | null> {
    const [token] = await this.prisma.$queryRaw<PresentedToken[]>`
      SELECT t.replaced_at IS NOT NULL AS "isExchanged", t.siblings,
             ${graceMs}::int > 0 AND coalesce(t.replaced_at > now() - ${graceMs}::int * interval '1 millisecond', false) AS "isInGrace",
             EXISTS (SELECT FROM sessions o WHERE o.family_id = t.family_id AND o.user_id = t.user_id
                       AND o.replaced_at IS NULL AND o.revoked_at IS NULL AND o.expires_at > now()) AS "isSessionAlive"
      FROM sessions t WHERE t.id = ${id}::uuid AND t.revoked_at IS NULL`;
    return token ?? null;
  }

  /** Returns true for only one of several concurrent callers. */
  async replace(id: string): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE sessions SET replaced_at = now()
      WHERE id = ${id}::uuid AND replaced_at IS NULL AND revoked_at IS NULL AND expires_at > now()`;
    return count > 0;
  }

  async countSibling(id: string): Promise<void> {
    await this.prisma.$executeRaw`UPDATE sessions SET siblings = siblings + 1 WHERE id = ${id}::uuid`;
  }

  /** Returns the newest token of each sign-in, newest sign-in first; up to one row more than the page holds. */
  findLive(userId: string, query: CursorQuery): Promise<LiveSession[]> {
    return this.prisma.$queryRaw<LiveSession[]>`
      SELECT id, family_id AS "familyId", created_at AS "createdAt", last_activity AS "lastActivity", expires_at AS "expiresAt",
        ip_address AS "ipAddress", user_agent AS "userAgent"
      FROM sessions token
      WHERE user_id = ${userId}::uuid AND replaced_at IS NULL AND revoked_at IS NULL AND expires_at > now()
        -- OFFSET 0: looked up for the rows of the page alone, and not for all there are.
        AND NOT EXISTS (
          SELECT FROM sessions sibling
          WHERE sibling.family_id = token.family_id AND sibling.id > token.id AND sibling.replaced_at IS NULL
            AND sibling.revoked_at IS NULL AND sibling.expires_at > now()
          OFFSET 0)
        ${behind(readCursor(query))}
      ORDER BY created_at DESC, id DESC LIMIT ${query.limit + 1}`;
  }

  /** Returns the ids of the sessions that this revoked. */
  async revoke(userId: string, families: { only?: string; except?: string }): Promise<string[]> {
    const familyId = {
      ...(families.only && { equals: families.only }),
      ...(families.except && { not: families.except }),
    };
    const revoked = await this.prisma.session.updateManyAndReturn({
      where: { ...live(userId), familyId },
      data: { revokedAt: databaseNow() },
      select: { familyId: true },
    });
    return [...new Set(revoked.map((session) => session.familyId))];
  }
}

function live(userId: string): Prisma.SessionWhereInput {
  return { userId, replacedAt: null, revokedAt: null, expiresAt: { gt: databaseNow() } };
}
