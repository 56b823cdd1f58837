import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';
import type { PresentedToken } from '../../../common/auth/refresh-exchange.js';
import type { PlatformRefreshToken } from './platform-admins.types.js';
import { databaseNow } from '../../../common/time/database-clock.js';

export interface NewPlatformRefreshToken {
  familyId: string;
  adminId: string;
  tokenHash: string;
  expiresAt: Date;
  ipAddress?: string;
  userAgent?: string;
  createdAt?: Date;
}

@Injectable()
export class PlatformSessionsRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  /**
   * Locks the admin's sessions against concurrent starts, refreshes and revocations until the running transaction ends.
   * Returns false if there is no such admin.
   */
  async lockAdmin(adminId: string): Promise<boolean> {
    const rows = await this.prisma.$queryRaw<unknown[]>`
      SELECT 1 FROM platform_admins WHERE id = ${adminId}::uuid FOR NO KEY UPDATE`;
    return rows.length > 0;
  }

  async create(token: NewPlatformRefreshToken): Promise<void> {
    await this.prisma.platformSession.create({ data: token, select: { id: true } });
  }

  findByHash(tokenHash: string): Promise<PlatformRefreshToken | null> {
    return this.prisma.platformSession.findFirst({
      where: { tokenHash },
      select: { id: true, familyId: true, adminId: true, replacedAt: true, revokedAt: true, createdAt: true },
    });
  }

  /**
   * Returns the current state of the token for `judgeExchange`, by the database's clock; null if it is gone or revoked.
   */
  async present(id: string, graceMs: number): Promise<PresentedToken | null> {
    const [token] = await this.prisma.$queryRaw<PresentedToken[]>`
      SELECT t.replaced_at IS NOT NULL AS "isExchanged", t.siblings,
             ${graceMs}::int > 0 AND coalesce(t.replaced_at > now() - ${graceMs}::int * interval '1 millisecond', false) AS "isInGrace",
             EXISTS (SELECT FROM platform_sessions o WHERE o.family_id = t.family_id AND o.admin_id = t.admin_id
                       AND o.replaced_at IS NULL AND o.revoked_at IS NULL AND o.expires_at > now()) AS "isSessionAlive"
      FROM platform_sessions t WHERE t.id = ${id}::uuid AND t.revoked_at IS NULL`;
    return token ?? null;
  }

  /** Returns true for only one of several concurrent callers. */
  async replace(id: string): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE platform_sessions SET replaced_at = now()
      WHERE id = ${id}::uuid AND replaced_at IS NULL AND revoked_at IS NULL AND expires_at > now()`;
    return count > 0;
  }

  async countSibling(id: string): Promise<void> {
    await this.prisma.$executeRaw`UPDATE platform_sessions SET siblings = siblings + 1 WHERE id = ${id}::uuid`;
  }

  /** Returns false if the session had already ended. */
  async revoke(familyId: string): Promise<boolean> {
    const now = databaseNow();
    const { count } = await this.prisma.platformSession.updateMany({
      where: { familyId, replacedAt: null, revokedAt: null, expiresAt: { gt: now } },
      data: { revokedAt: now },
    });
    return count > 0;
  }
}
