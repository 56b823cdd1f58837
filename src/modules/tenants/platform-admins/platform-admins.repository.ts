import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';
import { emailSpellings } from '../../../common/values/email-address.js';
import type { PlatformAdmin } from './platform-admins.types.js';

const COLUMNS = { id: true, email: true, name: true } as const;

@Injectable()
export class PlatformAdminsRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  findById(id: string): Promise<PlatformAdmin | null> {
    return this.prisma.platformAdmin.findFirst({ where: { id }, select: COLUMNS });
  }

  /** Finds an admin by e-mail address, ignoring case; if several share the address, an exact match is preferred. */
  async findWithPassword(email: string): Promise<(PlatformAdmin & { passwordHash: string }) | null> {
    const spellings = emailSpellings(email);
    const admins = await this.prisma.platformAdmin.findMany({
      where: { email: { in: spellings } },
      select: { ...COLUMNS, passwordHash: true },
    });
    return admins.sort((one, other) => spellings.indexOf(one.email) - spellings.indexOf(other.email))[0] ?? null;
  }

  async exists(email: string): Promise<boolean> {
    return (await this.prisma.platformAdmin.count({ where: { email: { in: emailSpellings(email) } } })) > 0;
  }

  /** Does nothing if the password was changed in the meantime. */
  async exchangeHash(id: string, oldHash: string, passwordHash: string): Promise<void> {
    await this.prisma.platformAdmin.updateMany({ where: { id, passwordHash: oldHash }, data: { passwordHash } });
  }

  /** Returns false, without changing anything, if the address is already in use. */
  async createIfMissing(email: string, passwordHash: string): Promise<boolean> {
    const { count } = await this.prisma.platformAdmin.createMany({
      data: { email, passwordHash },
      skipDuplicates: true,
    });
    return count > 0;
  }
}
