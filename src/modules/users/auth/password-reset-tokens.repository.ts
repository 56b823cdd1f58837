import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { databaseNow } from '../../../common/time/database-clock.js';

/** Stores at most one token per user. */
@Injectable()
export class PasswordResetTokensRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Stores a token in place of an older one, in one statement: of concurrent calls the last one wins, and none fails.
   */
  async replace(username: string, tokenHash: string, expiresAt: Date): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO password_reset_tokens (username, token_hash, expires_at)
      VALUES (${username}, ${tokenHash}, ${expiresAt}::timestamptz)
      ON CONFLICT (tenant_id, username) DO UPDATE
      SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, used_at = NULL, created_at = now()`;
  }

  async delete(username: string): Promise<void> {
    await this.prisma.passwordResetToken.deleteMany({ where: { username } });
  }

  /** Returns whether the token is valid, without consuming it. */
  async isOpen(tokenHash: string): Promise<boolean> {
    const found = await this.prisma.passwordResetToken.findFirst({
      where: open(tokenHash),
      select: { username: true },
    });
    return found !== null;
  }

  /**
   * Consumes the token and returns the username of its user; null if it is invalid. Of concurrent calls only one gets
   * the name.
   */
  async use(tokenHash: string): Promise<string | null> {
    const [used] = await this.prisma.passwordResetToken.updateManyAndReturn({
      where: open(tokenHash),
      data: { usedAt: databaseNow() },
      select: { username: true },
    });
    return used?.username ?? null;
  }
}

function open(tokenHash: string): Prisma.PasswordResetTokenWhereInput {
  return { tokenHash, usedAt: null, expiresAt: { gt: databaseNow() } };
}
