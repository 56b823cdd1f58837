import { Injectable } from '@nestjs/common';
import { PrismaService } from '../prisma/prisma.service.js';
import { databaseNow } from '../time/database-clock.js';

/** The sign-in that a ticket represents. */
export interface TicketHolder {
  subject: string;
  sessionId: string;
}

const EXPIRED_AT_ONCE = 100;

@Injectable()
export class StreamTicketsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Also deletes a few expired tickets, so that the table stays small. */
  async create(tokenHash: string, { subject, sessionId }: TicketHolder, expiresAt: Date): Promise<void> {
    await this.prisma.streamTicket.deleteMany({ where: { expiresAt: { lt: databaseNow() } }, limit: EXPIRED_AT_ONCE });
    await this.prisma.streamTicket.createMany({ data: { tokenHash, actor: { subject, sessionId }, expiresAt } });
  }

  /** Deletes the ticket and returns its holder, so that only one of several concurrent requests can use it. */
  async take(tokenHash: string): Promise<TicketHolder | null> {
    const rows = await this.prisma.$queryRaw<{ actor: TicketHolder }[]>`
      DELETE FROM stream_tickets WHERE token_hash = ${tokenHash} AND expires_at > now() RETURNING actor`;
    return rows[0]?.actor ?? null;
  }
}
