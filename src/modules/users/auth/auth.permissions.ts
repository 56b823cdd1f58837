import { definePermissions } from '../../../common/auth/permissions.js';

definePermissions(
  {
    'profile:read': 'viewer',
    /** One's own sign-ins and password. */
    'session:read': 'viewer',
    'session:delete': 'viewer',
    'password:change': 'viewer',
  },
  ['session:read', 'session:delete', 'password:change'],
);
