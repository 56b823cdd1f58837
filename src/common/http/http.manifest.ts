import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  entities: {
    IdempotencyRecord: { withheld: 'Answers to requests, some of which only their caller may see.' },
    PlatformIdempotencyRecord: { withheld: 'Answers to requests of platform admins.' },
    RateLimitCounter: { withheld: 'Counts of requests, added up by processes among themselves.' },
  },
};
