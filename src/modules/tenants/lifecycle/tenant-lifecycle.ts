import type { TenantStatus } from '../tenants.types.js';

interface Transition {
  readonly from: readonly TenantStatus[];
  readonly to: TenantStatus;
}

/**
 * The life of a tenant. A restored one comes back SUSPENDED, so that somebody looks at it before it serves again.
 * Deletion for good is no status: the row goes, and everything of the tenant with it.
 */
const TRANSITIONS = {
  finish_provisioning: { from: ['PROVISIONING'], to: 'ACTIVE' },
  suspend: { from: ['ACTIVE'], to: 'SUSPENDED' },
  activate: { from: ['SUSPENDED'], to: 'ACTIVE' },
  schedule_deletion: { from: ['ACTIVE', 'SUSPENDED'], to: 'PENDING_DELETION' },
  restore: { from: ['PENDING_DELETION'], to: 'SUSPENDED' },
} as const satisfies Record<string, Transition>;

export type TenantTransition = keyof typeof TRANSITIONS;

export const TENANT_TRANSITIONS = Object.keys(TRANSITIONS) as TenantTransition[];

/** The statuses a transition may start from, and the one it ends in. */
export function transitionOf(name: TenantTransition): Transition {
  return TRANSITIONS[name];
}

/** How long a deletion can still be taken back. */
export const DELETION_DELAY_MS = 30 * 24 * 60 * 60 * 1000;
