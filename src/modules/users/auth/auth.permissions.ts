import { definePermissions } from '../../../common/identity/permissions.js';

definePermissions(
  {
    'profile:read': ['viewer', 'See who you are, your tenant and what you may do'],
    /** One's own sign-ins and password. */
    'session:read': ['viewer', 'See your own sign-ins'],
    'session:delete': ['viewer', 'End your own sign-ins'],
    'password:change': ['viewer', 'Change your own password'],
    /** Of people's browsers; keys and platform admins send their credential. */
    'stream_ticket:create': ['viewer', 'Get tickets that open event streams'],
  },
  ['session:read', 'session:delete', 'password:change', 'stream_ticket:create'],
);
