import type { Request } from 'express';
import { UnauthenticatedError } from '../errors/app-error.js';
import { readSecret } from './secret-token.js';

/** What a request offers as proof of who it is. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'api_key'; readonly tenantId: string; readonly hash: string };

const BEARER = /^Bearer ([A-Za-z0-9_.~+/=-]+)$/i;

/**
 * The credential of a request, or null when it brings none.
 * @throws UnauthenticatedError when it brings two, or one that cannot be any of ours.
 */
export function credentialOf(request: Request): Credential | null {
  const authorization = request.get('Authorization');
  const key = request.get('X-API-Key');
  if (authorization !== undefined && key !== undefined) {
    throw new UnauthenticatedError('auth.unauthenticated', 'Send either Authorization or X-API-Key, not both.');
  }
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    if (!token) throw new UnauthenticatedError();
    return { kind: 'token', token };
  }
  if (key === undefined) return null;
  const secret = readSecret('key', key);
  if (!secret) throw new UnauthenticatedError();
  return { kind: 'api_key', ...secret };
}
