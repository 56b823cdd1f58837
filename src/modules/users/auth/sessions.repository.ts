import { Injectable } from '@nestjs/common';
import { cursorArgs, type CursorQuery } from '../../../common/http/page.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import type { LiveSession, RefreshToken } from './sessions.types.js';

const TOKEN = {
  id: true,
  familyId: true,
  userId: true,
  expiresAt: true,
  replacedAt: true,
  revokedAt: true,
  createdAt: true,
} satisfies Prisma.SessionSelect;

const LIVE = {
  id: true,
  familyId: true,
  createdAt: true,
  lastActivity: true,
  expiresAt: true,
  ipAddress: true,
  userAgent: true,
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
   * Nobody starts, refreshes or revokes sessions of the user until the running transaction ends: a revocation could
   * not see the successor of a token that is being exchanged. False when there is no such user, or it is not ACTIVE.
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

  /** Of several at once one gets true. */
  async replace(id: string): Promise<boolean> {
    const now = new Date();
    const { count } = await this.prisma.session.updateMany({
      where: { id, replacedAt: null, revokedAt: null, expiresAt: { gt: now } },
      data: { replacedAt: now },
    });
    return count > 0;
  }

  /** The newest token of each sign-in, newest sign-in first; one row more than the page holds. */
  findLive(userId: string, query: CursorQuery): Promise<LiveSession[]> {
    const { where, ...page } = cursorArgs(query);
    return this.prisma.session.findMany({ where: { ...live(userId), ...where }, select: LIVE, ...page });
  }

  /** Ids of the sessions that were revoked by this. */
  async revoke(userId: string, families: { only?: string; except?: string }): Promise<string[]> {
    const familyId = {
      ...(families.only && { equals: families.only }),
      ...(families.except && { not: families.except }),
    };
    const revoked = await this.prisma.session.updateManyAndReturn({
      where: { ...live(userId), familyId },
      data: { revokedAt: new Date() },
      select: { familyId: true },
    });
    return revoked.map((session) => session.familyId);
  }
}

function live(userId: string): Prisma.SessionWhereInput {
  return { userId, replacedAt: null, revokedAt: null, expiresAt: { gt: new Date() } };
}
