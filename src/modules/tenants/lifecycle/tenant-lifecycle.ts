import type { TenantStatus } from '../tenants.types.js';

interface Transition {
  readonly from: readonly TenantStatus[];
  readonly to: TenantStatus;
}

/**
 * The life cycle of a tenant. A restored tenant is SUSPENDED, so that somebody reviews it before it is served again.
 * There is no status for a deleted tenant: its row is deleted with all its data.
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

/** Returns the statuses a transition may start from, and the one it ends in. */
export function transitionOf(name: TenantTransition): Transition {
  return TRANSITIONS[name];
}

/** How long a scheduled deletion can be reversed. */
export const DELETION_DELAY_MS = 30 * 24 * 60 * 60 * 1000;
