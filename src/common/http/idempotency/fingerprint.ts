import { createHash } from 'node:crypto';
import { tooDeep } from './idempotency.errors.js';

/** Far deeper than any legitimate body, and far below the depth at which recursion fails. */
const MAX_DEPTH = 200;
/** In characters of JSON. */
const SORTED_LENGTH = 32_768;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
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
 * SHA-256 of query and body, equal for equal requests. In a body of more than 32,768 characters the order of keys
 * matters as well, since sorting them costs many times more than parsing the body. `search` is the part of the URL from
 * `?` on.
 */
export function fingerprintOf(search: string, body: unknown): string {
  const query = [...new URLSearchParams(search)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = JSON.stringify(body) ?? '';
  if (text.length > SORTED_LENGTH) return sha256(canonicalJson(query) + text);
  return sha256(canonicalJson({ query, body }));
}
