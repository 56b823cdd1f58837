import { createHash } from 'node:crypto';
import { tooDeep } from './idempotency.errors.js';

/** Far deeper than any legitimate body, and far below the depth at which recursion fails. */
const MAX_DEPTH = 200;

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Serializes JSON with the keys of every object sorted, so that equal values give equal text.
 * @throws InvalidInputError for a value nested more than 200 levels deep.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('base64'));
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member, depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * SHA-256 of query and body: equal for requests that ask for the same. A large body is compared by the digest of its bytes: sorting its keys
 * costs many times what reading it does. `search` is the URL's part from `?` on.
 */
export function fingerprintOf(search: string, body: unknown, digest?: string): string {
  const query = [...new URLSearchParams(search)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sha256(canonicalJson(digest === undefined ? { query, body } : { query, digest }));
}
