import type { PageQuery } from '../../../common/contracts/page.js';

/** `pending` ends in one of the others. One whose time is over is `expired`, whether or not anything has noted it yet. */
export const POWER_TRANSFER_STATUSES = ['pending', 'accepted', 'rejected', 'cancelled', 'expired'] as const;
export type PowerTransferStatus = (typeof POWER_TRANSFER_STATUSES)[number];

/** The owner offers the tenant to somebody else in it. */
export interface PowerTransfer {
  id: string;
  /** The owner who offers. */
  fromUserId: string;
  /** Who may accept. */
  toUserId: string;
  status: PowerTransferStatus;
  createdAt: Date;
  expiresAt: Date;
  /** When it was answered or withdrawn. */
  resolvedAt: Date | null;
}

export interface PowerTransferFilter {
  status?: PowerTransferStatus;
  /** Only those from or to this user. */
  involving?: string;
}

export interface PowerTransferList extends PageQuery {
  status?: PowerTransferStatus;
}
