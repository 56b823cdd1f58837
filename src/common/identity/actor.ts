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
  /** The workflow run that acts with the rights of the user `id`. */
  readonly runId?: string;
  /**
   * Goes on with what somebody began who has left, with what both of them may: what the user may do with their own things alone, and not
   * by their role, the actor may not.
   */
  readonly isSuccessor?: boolean;
}

/** Whether somebody acts who has signed in to the tenant: no API key, no workflow run, no platform admin. */
export function actsInPerson({ kind, runId }: Actor): boolean {
  return kind === 'user' && runId === undefined;
}

/** Whether a program acts with the rights of a user: an API key or a workflow run. */
export function actsForUser({ kind, runId }: Actor): boolean {
  return kind === 'api_key' || runId !== undefined;
}

/** The user an actor is, or null for those who are no users of the tenant. */
export function userIdOf({ kind, id }: Actor): string | null {
  return kind === 'user' || kind === 'api_key' ? id : null;
}

/** The program itself, in jobs and provisioning. */
export const SYSTEM_ACTOR: Actor = Object.freeze({
  kind: 'system',
  id: '00000000-0000-0000-0000-000000000000',
  role: 'owner',
  permissions: new Set<string>(),
});
