import type { Response } from 'express';
import { type Verdict, WINDOW_MS } from './window-counters.js';

export interface NamedVerdict extends Verdict {
  name: 'user' | 'tenant';
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** Returns the limit that the caller will reach first. */
function tightest(verdicts: readonly NamedVerdict[]): NamedVerdict {
  return verdicts.reduce((tight, next) => (next.remaining < tight.remaining ? next : tight));
}

/**
 * Sets `RateLimit-Limit/-Remaining/-Reset` for the tightest limit, and the structured headers of
 * draft-ietf-httpapi-ratelimit-headers for all.
 */
export function setRateLimitHeaders(response: Response, verdicts: readonly NamedVerdict[]): void {
  const tight = tightest(verdicts);
  response.setHeader('RateLimit-Limit', String(tight.limit));
  response.setHeader('RateLimit-Remaining', String(tight.remaining));
  response.setHeader('RateLimit-Reset', String(seconds(tight.resetMs)));
  const policies = verdicts.map(({ name, limit }) => `"${name}";q=${limit};w=${seconds(WINDOW_MS)}`);
  const states = verdicts.map(({ name, remaining, resetMs }) => `"${name}";r=${remaining};t=${seconds(resetMs)}`);
  response.setHeader('RateLimit-Policy', policies.join(', '));
  response.setHeader('RateLimit', states.join(', '));
}
