import { TENANT_STATUSES, type TenantStatus } from '../tenants.types.js';
import { TENANT_TRANSITIONS, type TenantTransition, transitionOf } from './tenant-lifecycle.js';

/** Expected status after each transition from each status; null if it is forbidden. */
const TABLE: Record<TenantTransition, Record<TenantStatus, TenantStatus | null>> = {
  finish_provisioning: { PROVISIONING: 'ACTIVE', ACTIVE: null, SUSPENDED: null, PENDING_DELETION: null },
  suspend: { PROVISIONING: null, ACTIVE: 'SUSPENDED', SUSPENDED: null, PENDING_DELETION: null },
  activate: { PROVISIONING: null, ACTIVE: null, SUSPENDED: 'ACTIVE', PENDING_DELETION: null },
  schedule_deletion: {
    PROVISIONING: null,
    ACTIVE: 'PENDING_DELETION',
    SUSPENDED: 'PENDING_DELETION',
    PENDING_DELETION: null,
  },
  restore: { PROVISIONING: null, ACTIVE: null, SUSPENDED: null, PENDING_DELETION: 'SUSPENDED' },
};

describe('The table of the life of a tenant', () => {
  const cases = TENANT_TRANSITIONS.flatMap((transition) =>
    TENANT_STATUSES.map((status) => ({ transition, status, target: TABLE[transition][status] })),
  );

  it.each(cases)('$transition takes $status to $target', ({ transition, status, target }) => {
    const { from, to } = transitionOf(transition);
    expect(from.includes(status) ? to : null).toBe(target);
  });

  it('has no transition back to PROVISIONING', () => {
    expect(TENANT_TRANSITIONS.map((name) => transitionOf(name).to)).not.toContain('PROVISIONING');
  });
});
