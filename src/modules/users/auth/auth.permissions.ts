import { definePermissions } from '../../../common/auth/permissions.js';

definePermissions(
  {
    'profile:read': 'viewer',
    /** One's own sign-ins and password. */
    'session:read': 'viewer',
    'session:delete': 'viewer',
    'password:change': 'viewer',
    /** Of people's browsers; keys and platform admins send their credential. */
    'stream_ticket:create': 'viewer',
  },
  ['session:read', 'session:delete', 'password:change', 'stream_ticket:create'],
);
