import type { Role } from '../identity/roles.js';

/** Current role of a user in a tenant, for work that runs on their behalf without their credential. */
export interface UserStanding {
  readonly tenantId: string;
  /** Null if the tenant no longer exists. */
  readonly tenantStatus: string | null;
  readonly userId: string;
  /** Null if the user is not active or no longer belongs to the tenant. */
  readonly role: Role | null;
}
