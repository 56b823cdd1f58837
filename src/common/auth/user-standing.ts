import type { Role } from '../identity/roles.js';

/** What somebody is in a tenant now, whoever asks: for what acts in their name without a credential of theirs. */
export interface UserStanding {
  readonly tenantId: string;
  /** Null where the tenant is gone. */
  readonly tenantStatus: string | null;
  readonly userId: string;
  /** Null for somebody who is no user of the tenant (any more), or not active. */
  readonly role: Role | null;
}
