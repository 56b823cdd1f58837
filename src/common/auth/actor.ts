import type { Role } from './roles.js';

/**
 * Who acts. The first argument of service methods that care.
 * `id` is a user's, except for kind `platform` (a platform admin's) and `system` (the nil UUID: jobs, provisioning).
 */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'platform' | 'system';
  readonly id: string;
  /** The role whose rules bind the actor inside the tenant; `owner` for platform and system. */
  readonly role: Role;
  readonly permissions: ReadonlySet<string>;
  /** The sign-in (token family), for kinds `user` and `platform`. */
  readonly sessionId?: string;
  readonly apiKeyId?: string;
}

/** The program itself, in jobs and provisioning. */
export const SYSTEM_ACTOR: Actor = Object.freeze({
  kind: 'system',
  id: '00000000-0000-0000-0000-000000000000',
  role: 'owner',
  permissions: new Set<string>(),
});
