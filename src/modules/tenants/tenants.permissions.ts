import { definePermissions } from '../../common/identity/permissions.js';

definePermissions({
  /** One's own tenant. */
  'tenant:read': ['viewer', 'See the tenant and what it uses'],
  'tenant:update': ['admin', "Change the tenant's name, settings and look"],
  /** The registry of all tenants. */
  'platform:tenants:read': ['platform', 'See all tenants'],
  'platform:tenants:write': ['platform', 'Create, change, suspend and delete tenants'],
});
