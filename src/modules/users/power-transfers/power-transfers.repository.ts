import { Injectable } from '@nestjs/common';
import { paginate } from '../../../common/dbal/paginate.js';
import { constraintErrors } from '../../../common/prisma/constraint-errors.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { alreadyAsked } from './power-transfers.errors.js';
import type { PowerTransfer, PowerTransferFilter, PowerTransferStatus } from './power-transfers.types.js';
import { databaseClock, databaseNow } from '../../../common/time/database-clock.js';

const COLUMNS = {
  id: true,
  fromUserId: true,
  toUserId: true,
  status: true,
  createdAt: true,
  expiresAt: true,
  resolvedAt: true,
} satisfies Prisma.PowerTransferRequestSelect;

type Row = Prisma.PowerTransferRequestGetPayload<{ select: typeof COLUMNS }>;

const orPending = constraintErrors({ power_transfer_requests_one_pending: alreadyAsked });

@Injectable()
export class PowerTransfersRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. */
  async findPage(
    filter: PowerTransferFilter,
    slice: { skip: number; take: number },
  ): Promise<{ rows: PowerTransfer[]; total: number }> {
    const where = toWhere(filter);
    const { rows, total } = await paginate(
      { ...slice, list: ['power_transfers', filter.status, filter.involving] },
      () =>
        this.prisma.powerTransferRequest.findMany({
          where,
          select: COLUMNS,
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          ...slice,
        }),
      () => this.prisma.powerTransferRequest.count({ where }),
    );
    return { rows: rows.map(toTransfer), total };
  }

  async findById(id: string): Promise<PowerTransfer | null> {
    const row = await this.prisma.powerTransferRequest.findFirst({ where: { id }, select: COLUMNS });
    return row && toTransfer(row);
  }

  /** Locks the row until the running transaction ends, so that nobody else answers the transfer. */
  async findForUpdate(id: string): Promise<PowerTransfer | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM power_transfer_requests WHERE id = ${id}::uuid FOR UPDATE`;
    return this.findById(id);
  }

  /** @throws ConflictError `power_transfer.pending`. */
  create(fromUserId: string, toUserId: string, expiresAt: Date): Promise<PowerTransfer> {
    const data = { fromUserId, toUserId, expiresAt };
    return orPending(async () => toTransfer(await this.prisma.powerTransferRequest.create({ data, select: COLUMNS })));
  }

  /** Returns null if it was no longer pending. */
  async resolve(id: string, status: PowerTransferStatus): Promise<PowerTransfer | null> {
    const [row] = await this.prisma.powerTransferRequest.updateManyAndReturn({
      where: { id, status: 'pending' },
      data: { status, resolvedAt: databaseNow() },
      select: COLUMNS,
    });
    return row ? toTransfer(row) : null;
  }

  /** Cancels the user's other pending offers. Returns them. */
  async cancelOthers(fromUserId: string): Promise<PowerTransfer[]> {
    const rows = await this.prisma.powerTransferRequest.updateManyAndReturn({
      where: { fromUserId, status: 'pending' },
      data: { status: 'cancelled', resolvedAt: databaseNow() },
      select: COLUMNS,
    });
    return rows.map(toTransfer);
  }

  /** Sets pending transfers whose time is over to `expired`: a single one, or all to one user. */
  async expire(which: { id: string } | { toUserId: string }): Promise<void> {
    await this.prisma.powerTransferRequest.updateMany({
      where: { ...which, status: 'pending', expiresAt: { lte: databaseNow() } },
      data: { status: 'expired' },
    });
  }
}

function toWhere({ status, involving }: PowerTransferFilter): Prisma.PowerTransferRequestWhereInput {
  return {
    AND: [
      involving === undefined ? {} : { OR: [{ fromUserId: involving }, { toUserId: involving }] },
      status === undefined ? {} : whereStatus(status, databaseNow()),
    ],
  };
}

function whereStatus(status: PowerTransferStatus, now: Date): Prisma.PowerTransferRequestWhereInput {
  switch (status) {
    case 'pending':
      return { status, expiresAt: { gt: now } };
    case 'expired':
      return { OR: [{ status }, { status: 'pending', expiresAt: { lte: now } }] };
    default:
      return { status };
  }
}

function toTransfer(row: Row): PowerTransfer {
  const isOver = row.status === 'pending' && row.expiresAt.getTime() <= databaseClock.nowMs();
  return { ...row, status: isOver ? 'expired' : (row.status as PowerTransferStatus) };
}
