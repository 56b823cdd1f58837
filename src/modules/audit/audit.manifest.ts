import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'audit:read': ['admin', 'Read and export the audit log'],
  },
  entities: {
    AuditEntry: {
      fields: [
        'id',
        'actorKind',
        'actorId',
        'action',
        'targetType',
        'targetId',
        'outcome',
        'details',
        'requestId',
        'ipAddress',
        'userAgent',
        'createdAt',
      ],
      read: 'audit:read',
    },
  },
};
