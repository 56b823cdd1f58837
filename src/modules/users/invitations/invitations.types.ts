import type { Role } from '../../../common/identity/roles.js';
import { databaseClock } from '../../../common/time/database-clock.js';

export const INVITATION_STATUSES = ['open', 'accepted', 'revoked', 'expired'] as const;
export type InvitationStatus = (typeof INVITATION_STATUSES)[number];

export interface Invitation {
  id: string;
  userId: string;
  /** Id of the user or platform admin who sent it last; null if the application did. */
  invitedBy: string | null;
  expiresAt: Date;
  acceptedAt: Date | null;
  /** Also set when a newer invitation replaced it. */
  revokedAt: Date | null;
  createdAt: Date;
}

export interface InvitationFilter {
  status?: InvitationStatus;
}

/** The person to invite. Names are validated and in lower case. */
export interface NewInvitation {
  email: string;
  role: Role;
  /** Derived from the e-mail address if absent. */
  username?: string;
  firstName?: string | null;
  lastName?: string | null;
}

/** Returns the current status of an invitation. */
export function statusOf({ acceptedAt, revokedAt, expiresAt }: Invitation): InvitationStatus {
  if (acceptedAt) return 'accepted';
  if (revokedAt) return 'revoked';
  return expiresAt.getTime() > databaseClock.nowMs() ? 'open' : 'expired';
}
