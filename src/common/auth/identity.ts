import type { Actor } from '../identity/actor.js';

/** The identity that a valid credential stands for, according to the database. */
export interface Identity {
  /** The tenant it belongs to; null for platform admins. */
  readonly tenantId: string | null;
  /** The tenant's status; null for platform admins and where the tenant is gone. */
  readonly tenantStatus: string | null;
  /** The user, or the platform admin. */
  readonly subjectId: string;
  /** Sign-in or API key. */
  readonly credentialId: string;
  /** Null once the session or key is revoked or expired, or its user is not active. */
  readonly actor: Actor | null;
  /** When session or key expire, in milliseconds of the epoch. */
  readonly expiresAt: number;
}
