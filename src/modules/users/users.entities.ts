import { definePermissions } from '../../common/identity/permissions.js';
import { defineEntities } from '../../common/gateway/entity-rules.js';

/** Who signed in where, with what and until when. Personal: no business of platform admins and of keys. */
definePermissions({ 'credential:read': ['admin', 'See when passwords were set, and open resets'] }, [
  'credential:read',
]);

defineEntities({
  User: {
    fields: [
      'id',
      'username',
      'email',
      'firstName',
      'lastName',
      'displayName',
      'avatarUrl',
      'bio',
      'role',
      'status',
      'timezone',
      'locale',
      'lastLoginAt',
      'version',
      'createdAt',
      'updatedAt',
    ],
    read: 'user:read',
    create: 'user:create',
    update: 'user:update',
    delete: 'user:delete',
  },
  // What follows is metadata, and read only: it changes by signing in, inviting and the like.
  Credential: {
    fields: ['username', 'algorithm', 'updatedAt'],
    secrets: ['passwordHash'],
    read: 'credential:read',
  },
  Session: {
    fields: [
      'id',
      'familyId',
      'userId',
      'expiresAt',
      'replacedAt',
      'revokedAt',
      'lastActivity',
      'ipAddress',
      'userAgent',
      'createdAt',
    ],
    secrets: ['tokenHash'],
    read: 'credential:read',
  },
  PasswordResetToken: {
    fields: ['username', 'expiresAt', 'usedAt', 'createdAt'],
    secrets: ['tokenHash'],
    read: 'credential:read',
  },
  Invitation: {
    fields: ['id', 'userId', 'invitedBy', 'expiresAt', 'acceptedAt', 'revokedAt', 'createdAt'],
    secrets: ['tokenHash'],
    read: 'credential:read',
  },
  ApiKey: {
    fields: ['id', 'userId', 'name', 'prefix', 'scopes', 'expiresAt', 'lastUsedAt', 'revokedAt', 'createdAt'],
    secrets: ['secretHash'],
    read: 'credential:read',
  },
  PowerTransferRequest: {
    fields: ['id', 'fromUserId', 'toUserId', 'status', 'expiresAt', 'resolvedAt', 'createdAt'],
    read: 'credential:read',
  },
  SignInNetwork: {
    fields: ['userId', 'network', 'lastSignInAt'],
    read: 'credential:read',
  },
  LoginAttempt: { withheld: 'Names under hashes: nothing that anybody could read.' },
});
