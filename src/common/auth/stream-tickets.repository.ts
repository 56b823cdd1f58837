import { Injectable } from '@nestjs/common';
import { PrismaService } from '../prisma/prisma.service.js';
import { databaseNow } from '../time/database-clock.js';

/** Whose sign-in a ticket stands for. */
export interface TicketHolder {
  subject: string;
  sessionId: string;
}

const EXPIRED_AT_ONCE = 100;

@Injectable()
export class StreamTicketsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Takes a few that have expired away: whoever makes many leaves few. */
  async create(tokenHash: string, { subject, sessionId }: TicketHolder, expiresAt: Date): Promise<void> {
    await this.prisma.streamTicket.deleteMany({ where: { expiresAt: { lt: databaseNow() } }, limit: EXPIRED_AT_ONCE });
    await this.prisma.streamTicket.createMany({ data: { tokenHash, actor: { subject, sessionId }, expiresAt } });
  }

  /** Deletes it and tells whose it was: of several who come with it, one gets an answer. */
  async take(tokenHash: string): Promise<TicketHolder | null> {
    const rows = await this.prisma.$queryRaw<{ actor: TicketHolder }[]>`
      DELETE FROM stream_tickets WHERE token_hash = ${tokenHash} AND expires_at > now() RETURNING actor`;
    return rows[0]?.actor ?? null;
  }
}
