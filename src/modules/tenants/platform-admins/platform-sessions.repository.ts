import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';
import type { PlatformRefreshToken } from './platform-admins.types.js';

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

  /** Nobody starts, refreshes or revokes sessions of the admin until the running transaction ends. False when there is no such admin. */
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

  /** Of several at once one gets true. */
  async replace(id: string): Promise<boolean> {
    const now = new Date();
    const { count } = await this.prisma.platformSession.updateMany({
      where: { id, replacedAt: null, revokedAt: null, expiresAt: { gt: now } },
      data: { replacedAt: now },
    });
    return count > 0;
  }

  /** False when the session had ended already. */
  async revoke(familyId: string): Promise<boolean> {
    const now = new Date();
    const { count } = await this.prisma.platformSession.updateMany({
      where: { familyId, replacedAt: null, revokedAt: null, expiresAt: { gt: now } },
      data: { revokedAt: now },
    });
    return count > 0;
  }
}
