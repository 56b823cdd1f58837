import { Injectable } from '@nestjs/common';
import type { Prisma } from '../../generated/prisma/client.js';
import { cursorArgs, type CursorQuery } from '../http/page.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { escapeLike } from '../prisma/text-search.js';
import type { ActorKind, AuditEntry, AuditFilter, AuditOutcome } from './audit.types.js';

export type NewAuditEntry = Omit<Prisma.AuditEntryUncheckedCreateInput, 'tenantId' | 'id' | 'createdAt'>;

const COLUMNS = {
  id: true,
  actorKind: true,
  actorId: true,
  action: true,
  targetType: true,
  targetId: true,
  outcome: true,
  details: true,
  requestId: true,
  ipAddress: true,
  userAgent: true,
  createdAt: true,
} satisfies Prisma.AuditEntrySelect;

@Injectable()
export class AuditRepository {
  constructor(private readonly prisma: PrismaService) {}

  async create(entry: NewAuditEntry): Promise<void> {
    await this.prisma.auditEntry.create({ data: entry, select: { id: true } });
  }

  /** Newest first; one row more than the page holds. */
  async findPage(filter: AuditFilter, query: CursorQuery): Promise<AuditEntry[]> {
    const { where, ...page } = cursorArgs(query);
    const rows = await this.prisma.auditEntry.findMany({
      where: { AND: [toWhere(filter), where] },
      select: COLUMNS,
      ...page,
    });
    return rows.map((row) => ({
      ...row,
      actorKind: row.actorKind as ActorKind,
      outcome: row.outcome as AuditOutcome,
      details: row.details as Record<string, unknown>,
    }));
  }

  /** Whether more than `limit` entries fit. Looks no further than that. */
  async hasMoreThan(limit: number, filter: AuditFilter): Promise<boolean> {
    return (await this.prisma.auditEntry.count({ where: toWhere(filter), take: limit + 1 })) > limit;
  }
}

function toWhere({ action, from, to, ...columns }: AuditFilter): Prisma.AuditEntryWhereInput {
  return {
    ...columns,
    action: action?.endsWith('*') ? { startsWith: escapeLike(action.slice(0, -1)) } : action,
    createdAt: { gte: from, lt: to },
  };
}
