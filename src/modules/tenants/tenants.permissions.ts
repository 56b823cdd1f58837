import { definePermissions } from '../../common/auth/permissions.js';

definePermissions({
  /** One's own tenant. */
  'tenant:read': 'viewer',
  'tenant:update': 'admin',
  /** The registry of all tenants. */
  'platform:tenants:read': 'platform',
  'platform:tenants:write': 'platform',
});
