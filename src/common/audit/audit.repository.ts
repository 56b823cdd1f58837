import { Injectable } from '@nestjs/common';
import type { Prisma } from '../../generated/prisma/client.js';
import { PrismaService } from '../prisma/prisma.service.js';

export type NewAuditEntry = Omit<Prisma.AuditEntryUncheckedCreateInput, 'tenantId' | 'id' | 'createdAt'>;

@Injectable()
export class AuditRepository {
  constructor(private readonly prisma: PrismaService) {}

  async create(entry: NewAuditEntry): Promise<void> {
    await this.prisma.auditEntry.create({ data: entry, select: { id: true } });
  }
}
