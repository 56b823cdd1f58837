import type { Request } from 'express';
import type { Actor } from '../../identity/actor.js';
import type { IdentifiedRequest } from '../../identity/auth.decorators.js';
import type { BodyRequest } from '../body-request.js';
import { fingerprintOf, sha256 } from './fingerprint.js';
import { invalidKey } from './idempotency.errors.js';

/**
 * Sign-in issues new secrets each time, and callers of hooks have no identity. Case is ignored, as in Express' routing.
 */
const WITHOUT_KEYS = /^\/api\/v\d+\/(?:platform\/)?(?:auth|hooks)(?:\/|$)/i;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

export interface IdempotentRequest {
  /** SHA-256 of caller, method, path and key. */
  keyHash: string;
  fingerprint: string;
}

function principalOf(actor: Actor): string {
  return actor.apiKeyId ? `api_key:${actor.apiKeyId}` : `${actor.kind}:${actor.id}`;
}

function searchOf(request: Request): string {
  const start = request.url.indexOf('?');
  return start < 0 ? '' : request.url.slice(start);
}

/**
 * Returns the hashes for the Idempotency-Key of a request; null if it has none or its route does not support keys.
 * @throws InvalidInputError for a malformed key.
 */
export function readIdempotentRequest(request: IdentifiedRequest & BodyRequest): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || key === undefined || !request.actor || WITHOUT_KEYS.test(request.path)) return null;
  if (typeof key !== 'string' || !VISIBLE_ASCII.test(key)) throw invalidKey();
  return {
    keyHash: sha256(JSON.stringify([principalOf(request.actor), request.method, request.path, key])),
    fingerprint: fingerprintOf(searchOf(request), request.body, request.bodyDigest),
  };
}
