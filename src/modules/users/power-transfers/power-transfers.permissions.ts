import { definePermissions } from '../../../common/identity/permissions.js';

// Personal: neither a stolen key nor a platform admin gives a tenant away or takes it.
definePermissions(
  {
    'power_transfer:read': ['viewer', 'See the transfers of ownership that concern you'],
    'power_transfer:create': ['owner', 'Offer the ownership of the tenant'],
    'power_transfer:answer': ['viewer', 'Accept, reject or withdraw a transfer of ownership'],
  },
  ['power_transfer:read', 'power_transfer:create', 'power_transfer:answer'],
);
