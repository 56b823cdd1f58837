import type { Role } from './roles.js';

/**
 * The identity that performs an action, passed as the first argument to service methods that depend on it. `id` is a
 * user's, except for the kinds `platform` (a platform admin's) and `system` (the nil UUID, for tasks and provisioning).
 */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'platform' | 'system';
  readonly id: string;
  /** The role that limits the actor inside the tenant; `owner` for platform and system. */
  readonly role: Role;
  readonly permissions: ReadonlySet<string>;
  /** Id of the sign-in (token family), for the kinds `user` and `platform`. */
  readonly sessionId?: string;
  readonly apiKeyId?: string;
  /** The workflow run that acts with the rights of the user `id`. */
  readonly runId?: string;
  /**
   * True if the actor continues the work of a user who left, with only the rights that both have. Such an actor may not
   * do what users may do only with their own resources rather than by their role.
   */
  readonly isSuccessor?: boolean;
}

/** True if a user signed in to the tenant acts directly: not an API key, a workflow run or a platform admin. */
export function actsInPerson({ kind, runId }: Actor): boolean {
  return kind === 'user' && runId === undefined;
}

/** True if software acts with the rights of a user: an API key or a workflow run. */
export function actsForUser({ kind, runId }: Actor): boolean {
  return kind === 'api_key' || runId !== undefined;
}

/** Returns the actor's user id, or null if the actor is not a user of the tenant. */
export function userIdOf({ kind, id }: Actor): string | null {
  return kind === 'user' || kind === 'api_key' ? id : null;
}

/** The system itself, in tasks and provisioning. */
export const SYSTEM_ACTOR: Actor = Object.freeze({
  kind: 'system',
  id: '00000000-0000-0000-0000-000000000000',
  role: 'owner',
  permissions: new Set<string>(),
});
