import { defineEntities } from './entity-rules.js';

/** Models that belong to no module. */
defineEntities({
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
  IdempotencyRecord: { withheld: 'Answers to requests, some of which only their caller may see.' },
  PlatformIdempotencyRecord: { withheld: 'Answers to requests of platform admins.' },
  RateLimitCounter: { withheld: 'Counts of requests, added up by processes among themselves.' },
  TenancyProbe: { withheld: 'Two fixed rows for the self-test at start.' },
});
