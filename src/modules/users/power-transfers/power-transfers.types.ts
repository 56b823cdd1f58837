import type { PageQuery } from '../../../common/contracts/page.js';

/**
 * `pending` ends in one of the others. A transfer whose time is over counts as `expired` even before its row is
 * updated.
 */
export const POWER_TRANSFER_STATUSES = ['pending', 'accepted', 'rejected', 'cancelled', 'expired'] as const;
export type PowerTransferStatus = (typeof POWER_TRANSFER_STATUSES)[number];

/** An offer of the owner to transfer the tenant to another of its users. */
export interface PowerTransfer {
  id: string;
  /** The owner, who makes the offer. */
  fromUserId: string;
  /** The user who may accept it. */
  toUserId: string;
  status: PowerTransferStatus;
  createdAt: Date;
  expiresAt: Date;
  /** When it was accepted, rejected, cancelled or expired. */
  resolvedAt: Date | null;
}

export interface PowerTransferFilter {
  status?: PowerTransferStatus;
  /** Only transfers from or to this user. */
  involving?: string;
}

export interface PowerTransferList extends PageQuery {
  status?: PowerTransferStatus;
}
