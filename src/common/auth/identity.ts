import type { Actor } from '../identity/actor.js';

/** The identity behind a valid credential, according to the database. */
export interface Identity {
  /** Null for platform admins. */
  readonly tenantId: string | null;
  /** Null for platform admins, and if the tenant no longer exists. */
  readonly tenantStatus: string | null;
  /** Id of the user or platform admin. */
  readonly subjectId: string;
  /** Id of the sign-in or API key. */
  readonly credentialId: string;
  /** Null once the session or key is revoked or expired, or if its user is not active. */
  readonly actor: Actor | null;
  /** When the session or key expires, in epoch milliseconds. */
  readonly expiresAt: number;
}
