import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';
import type { PlatformAdmin } from './platform-admins.types.js';

const COLUMNS = { id: true, email: true, name: true } as const;

@Injectable()
export class PlatformAdminsRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  findById(id: string): Promise<PlatformAdmin | null> {
    return this.prisma.platformAdmin.findFirst({ where: { id }, select: COLUMNS });
  }

  /** @param email in lower case. */
  findWithPassword(email: string): Promise<(PlatformAdmin & { passwordHash: string }) | null> {
    return this.prisma.platformAdmin.findFirst({ where: { email }, select: { ...COLUMNS, passwordHash: true } });
  }

  async exists(email: string): Promise<boolean> {
    return (await this.prisma.platformAdmin.count({ where: { email } })) > 0;
  }

  /** False when somebody has the address already; nothing is changed then. */
  async createIfMissing(email: string, passwordHash: string): Promise<boolean> {
    const { count } = await this.prisma.platformAdmin.createMany({
      data: { email, passwordHash },
      skipDuplicates: true,
    });
    return count > 0;
  }
}
