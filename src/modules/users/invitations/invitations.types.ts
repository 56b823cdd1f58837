import type { Role } from '../../../common/identity/roles.js';
import { databaseClock } from '../../../common/time/database-clock.js';

export const INVITATION_STATUSES = ['open', 'accepted', 'revoked', 'expired'] as const;
export type InvitationStatus = (typeof INVITATION_STATUSES)[number];

export interface Invitation {
  id: string;
  userId: string;
  /** Who sent it, last; null for the program itself. A user's, or a platform admin's. */
  invitedBy: string | null;
  expiresAt: Date;
  acceptedAt: Date | null;
  /** Also when a newer one took its place. */
  revokedAt: Date | null;
  createdAt: Date;
}

export interface InvitationFilter {
  status?: InvitationStatus;
}

/** Whom to invite. Names are validated and lower-case. */
export interface NewInvitation {
  email: string;
  role: Role;
  /** Made from the e-mail address when absent. */
  username?: string;
  firstName?: string | null;
  lastName?: string | null;
}

/** The current status of an invitation. */
export function statusOf({ acceptedAt, revokedAt, expiresAt }: Invitation): InvitationStatus {
  if (acceptedAt) return 'accepted';
  if (revokedAt) return 'revoked';
  return expiresAt.getTime() > databaseClock.nowMs() ? 'open' : 'expired';
}
