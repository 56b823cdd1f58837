import { Injectable } from '@nestjs/common';
import { paginate } from '../../../common/dbal/paginate.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import type { Invitation, InvitationFilter } from './invitations.types.js';
import { databaseNow } from '../../../common/time/database-clock.js';

const COLUMNS = {
  id: true,
  userId: true,
  invitedBy: true,
  expiresAt: true,
  acceptedAt: true,
  revokedAt: true,
  createdAt: true,
} satisfies Prisma.InvitationSelect;

const UNANSWERED = { acceptedAt: null, revokedAt: null } satisfies Prisma.InvitationWhereInput;

@Injectable()
export class InvitationsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. */
  findPage(
    filter: InvitationFilter,
    slice: { skip: number; take: number },
  ): Promise<{ rows: Invitation[]; total: number }> {
    const where = toWhere(filter);
    return paginate(
      { ...slice, list: ['invitations', filter.status] },
      () =>
        this.prisma.invitation.findMany({
          where,
          select: COLUMNS,
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          ...slice,
        }),
      () => this.prisma.invitation.count({ where }),
    );
  }

  findById(id: string): Promise<Invitation | null> {
    return this.prisma.invitation.findFirst({ where: { id }, select: COLUMNS });
  }

  create(data: { userId: string; tokenHash: string; invitedBy: string | null; expiresAt: Date }): Promise<Invitation> {
    return this.prisma.invitation.create({ data, select: COLUMNS });
  }

  /** Replaces the token. Returns null if the invitation was accepted or revoked in the meantime. */
  async renew(
    id: string,
    data: { tokenHash: string; invitedBy: string | null; expiresAt: Date },
  ): Promise<Invitation | null> {
    const [invitation] = await this.prisma.invitation.updateManyAndReturn({
      where: { id, ...UNANSWERED },
      data,
      select: COLUMNS,
    });
    return invitation ?? null;
  }

  /** Returns false if it was already accepted or revoked. */
  async revoke(id: string): Promise<boolean> {
    const { count } = await this.prisma.invitation.updateMany({
      where: { id, ...UNANSWERED },
      data: { revokedAt: databaseNow() },
    });
    return count > 0;
  }

  /** Revokes open invitations of the user. */
  async revokeAllOf(userId: string): Promise<void> {
    await this.prisma.invitation.updateMany({
      where: { userId, ...UNANSWERED },
      data: { revokedAt: databaseNow() },
    });
  }

  /** Returns whether an open invitation has this token, without consuming it. */
  async isOpen(tokenHash: string): Promise<boolean> {
    const found = await this.prisma.invitation.findFirst({ where: open(tokenHash), select: { id: true } });
    return found !== null;
  }

  /** Consumes the invitation. Of concurrent calls one gets it, the others null. */
  async accept(tokenHash: string): Promise<Invitation | null> {
    const [invitation] = await this.prisma.invitation.updateManyAndReturn({
      where: open(tokenHash),
      data: { acceptedAt: databaseNow() },
      select: COLUMNS,
    });
    return invitation ?? null;
  }
}

function open(tokenHash: string): Prisma.InvitationWhereInput {
  return { tokenHash, ...UNANSWERED, expiresAt: { gt: databaseNow() } };
}

function toWhere({ status }: InvitationFilter): Prisma.InvitationWhereInput {
  const now = databaseNow();
  switch (status) {
    case undefined:
      return {};
    case 'accepted':
      return { acceptedAt: { not: null } };
    case 'revoked':
      return { acceptedAt: null, revokedAt: { not: null } };
    case 'open':
      return { ...UNANSWERED, expiresAt: { gt: now } };
    case 'expired':
      return { ...UNANSWERED, expiresAt: { lte: now } };
  }
}
