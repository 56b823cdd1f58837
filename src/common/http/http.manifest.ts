import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  entities: {
    IdempotencyRecord: { withheld: 'Responses to requests, some of which only the caller may see.' },
    PlatformIdempotencyRecord: { withheld: 'Responses to requests of platform admins.' },
    RateLimitCounter: { withheld: 'Request counts that processes exchange with each other.' },
  },
};
