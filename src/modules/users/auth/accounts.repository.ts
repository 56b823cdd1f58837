import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { emailSpellings } from '../../../common/values/email-address.js';
import type { Prisma } from '../../../generated/prisma/client.js';

/** The sign-in data of a user. */
export interface Account {
  userId: string;
  username: string;
  email: string;
  isActive: boolean;
  /** Null for users who have not accepted their invitation, or sign in elsewhere. */
  passwordHash: string | null;
}

/** Reads and writes the names and credentials of users for signing in. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Finds an account by e-mail address or username, in lower case. Usernames contain no `@`. If several accounts share
   * an address, which was case-sensitive once, an exact match is preferred.
   */
  async findByName(name: string): Promise<Account | null> {
    if (!name.includes('@')) return this.findOne({ username: name });
    const spellings = emailSpellings(name);
    const accounts = await this.find({ email: { in: spellings } });
    const rank = ({ email }: Account): number => spellings.indexOf(email);
    return accounts.sort((one, other) => rank(one) - rank(other))[0] ?? null;
  }

  findById(id: string): Promise<Account | null> {
    return this.findOne({ id });
  }

  /** Records a sign-in. Returns false if the user is not ACTIVE (any longer). */
  async recordSignIn(userId: string): Promise<boolean> {
    // Raw SQL, because Prisma would also set updatedAt although the user was not changed.
    const count = await this.prisma.$executeRaw`
      UPDATE users SET last_login_at = now(), login_count = login_count + 1
      WHERE id = ${userId}::uuid AND status = 'ACTIVE'`;
    return count > 0;
  }

  /** Returns false if the user is not ACTIVE (any longer). Locks the user until the running transaction ends. */
  async recordPasswordChange(userId: string): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE users SET password_changed_at = now() WHERE id = ${userId}::uuid AND status = 'ACTIVE'`;
    return count > 0;
  }

  /** Returns false if the password was changed in the meantime. */
  async exchangePassword(username: string, oldHash: string, newHash: string): Promise<boolean> {
    const { count } = await this.prisma.credential.updateMany({
      where: { username, passwordHash: oldHash },
      data: { passwordHash: newHash, algorithm: 'argon2id' },
    });
    return count > 0;
  }

  /** Sets the password without checking the previous one. */
  async setPassword(username: string, passwordHash: string): Promise<void> {
    await this.prisma.credential.deleteMany({ where: { username } });
    await this.prisma.credential.create({ data: { username, passwordHash }, select: { username: true } });
  }

  private async findOne(where: Prisma.UserWhereInput): Promise<Account | null> {
    return (await this.find(where))[0] ?? null;
  }

  private async find(where: Prisma.UserWhereInput): Promise<Account[]> {
    const rows = await this.prisma.user.findMany({
      where,
      select: {
        id: true,
        username: true,
        email: true,
        status: true,
        credential: { select: { passwordHash: true } },
      },
    });
    return rows.map((row) => ({
      userId: row.id,
      username: row.username,
      email: row.email,
      isActive: row.status === 'ACTIVE',
      passwordHash: row.credential?.passwordHash ?? null,
    }));
  }
}
