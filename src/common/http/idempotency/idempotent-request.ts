import type { Request } from 'express';
import type { Actor } from '../../identity/actor.js';
import type { IdentifiedRequest } from '../../identity/auth.decorators.js';
import { fingerprintOf, sha256 } from './fingerprint.js';
import { invalidKey } from './idempotency.errors.js';

/** Sign-in hands out new secrets each time, and hooks have callers without a principal. Express' routes ignore case, so does this. */
const WITHOUT_KEYS = /^\/api\/v\d+\/(?:platform\/)?(?:auth|hooks)(?:\/|$)/i;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

export interface IdempotentRequest {
  /** SHA-256 of principal, method, path and key. */
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
 * What the Idempotency-Key of a request stands for; null when it has none or its route takes none.
 * @throws InvalidInputError for a key that is none.
 */
export function readIdempotentRequest(request: IdentifiedRequest): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || key === undefined || !request.actor || WITHOUT_KEYS.test(request.path)) return null;
  if (typeof key !== 'string' || !VISIBLE_ASCII.test(key)) throw invalidKey();
  return {
    keyHash: sha256(JSON.stringify([principalOf(request.actor), request.method, request.path, key])),
    fingerprint: fingerprintOf(searchOf(request), request.body),
  };
}
