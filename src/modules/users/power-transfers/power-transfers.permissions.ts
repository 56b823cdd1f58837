import { definePermissions } from '../../../common/auth/permissions.js';

// Personal: neither a stolen key nor a platform admin gives a tenant away or takes it.
definePermissions(
  { 'power_transfer:read': 'viewer', 'power_transfer:create': 'owner', 'power_transfer:answer': 'viewer' },
  ['power_transfer:read', 'power_transfer:create', 'power_transfer:answer'],
);
