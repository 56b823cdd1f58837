import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'user:read': ['viewer', 'See the users of the tenant'],
    /** Concerns the user's own profile; changes of others also require `user:manage`. */
    'user:update': ['viewer', 'Change your own profile'],
    'user:create': ['admin', 'Create and invite users'],
    'user:manage': ['admin', 'Change, deactivate and reactivate users below your level'],
    'user:delete': ['admin', 'Delete users below your level'],
    'invitation:read': ['admin', 'See invitations and their status'],
    'profile:read': ['viewer', 'See your profile, your tenant and your permissions'],
    /** Concerns the user's own sessions and password. */
    'session:read': ['viewer', 'See your own sessions', 'personal'],
    'session:delete': ['viewer', 'End your own sessions', 'personal'],
    'password:change': ['viewer', 'Change your own password', 'personal'],
    /** Only for users in browsers; API keys and platform admins can send their credential in a header. */
    'stream_ticket:create': ['viewer', 'Get tickets that open event streams', 'personal'],
    /**
     * Personal: a stolen key must not be able to create or keep others, nor a platform admin act under a user's name.
     */
    'api_key:read': ['viewer', 'See your own API keys', 'personal'],
    'api_key:create': ['viewer', 'Create API keys that act for you', 'personal'],
    'api_key:delete': ['viewer', 'Revoke your own API keys', 'personal'],
    /** Personal: neither a stolen key nor a platform admin may give a tenant away or accept it. */
    'power_transfer:read': ['viewer', 'See the power transfers that involve you', 'personal'],
    'power_transfer:create': ['owner', 'Offer the owner role to another user, and cancel the offer', 'personal'],
    'power_transfer:answer': ['viewer', 'Accept or reject a power transfer', 'personal'],
    /** Personal: platform admins and API keys have no need to know who signed in where, how and until when. */
    'credential:read': ['admin', 'See when passwords were set, and pending password resets', 'personal'],
  },
  entities: {
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
    // The following entities are metadata, and read-only: they change by signing in, inviting and the like.
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
    LoginAttempt: { withheld: 'Contains only hashed names.' },
  },
  tasks: {
    'password_reset.send': 'tenant',
    'power_transfer.expire': 'tenant',
  },
  limits: {
    users: { plans: { basic: 10, professional: 100, enterprise: 1000, custom: null } },
    apiKeys: {
      plans: { basic: 100, professional: 1000, enterprise: 10_000, custom: 100_000 },
      perUser: 'The number of API keys of one user, a quarter of `apiKeys`.',
    },
    sessionsPerUser: {
      plans: { basic: 20, professional: 50, enterprise: 100, custom: 100 },
      description:
        'The number of sessions of one user; above it, a new sign-in ends the session that was used longest ago.',
    },
    powerTransfersPerDay: { plans: 20 },
  },
  secrets: {
    refresh: 'Exchanged for the next access token.',
    reset: 'Sets a new password.',
    invite: 'Accepts an invitation.',
    key: 'An API key.',
  },
};
