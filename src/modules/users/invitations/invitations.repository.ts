import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import type { Invitation } from './invitations.types.js';

const COLUMNS = { id: true, userId: true, expiresAt: true, createdAt: true } satisfies Prisma.InvitationSelect;

@Injectable()
export class InvitationsRepository {
  constructor(private readonly prisma: PrismaService) {}

  create(data: { userId: string; tokenHash: string; invitedBy: string | null; expiresAt: Date }): Promise<Invitation> {
    return this.prisma.invitation.create({ data, select: COLUMNS });
  }

  /** Open invitations of the user stop working. */
  async revokeAllOf(userId: string): Promise<void> {
    await this.prisma.invitation.updateMany({
      where: { userId, acceptedAt: null, revokedAt: null },
      data: { revokedAt: new Date() },
    });
  }

  /** Whether an open invitation has this token, without using it up. */
  async isOpen(tokenHash: string): Promise<boolean> {
    const found = await this.prisma.invitation.findFirst({ where: open(tokenHash), select: { id: true } });
    return found !== null;
  }

  /** Uses the invitation up. Of several at once one gets it, the others null. */
  async accept(tokenHash: string): Promise<Invitation | null> {
    const [invitation] = await this.prisma.invitation.updateManyAndReturn({
      where: open(tokenHash),
      data: { acceptedAt: new Date() },
      select: COLUMNS,
    });
    return invitation ?? null;
  }
}

function open(tokenHash: string): Prisma.InvitationWhereInput {
  return { tokenHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } };
}
