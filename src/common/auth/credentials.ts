import type { Request } from 'express';
import { UnauthenticatedError } from '../errors/app-error.js';
import { readSecret } from './secret-token.js';

export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'api_key'; readonly tenantId: string; readonly hash: string }
  | { readonly kind: 'ticket'; readonly tenantId: string; readonly hash: string };

const BEARER = /^Bearer ([A-Za-z0-9_.~+/=-]+)$/i;

/**
 * Returns the credential of a request, or null if it has none.
 * @throws UnauthenticatedError when there is more than one, or one that is malformed.
 */
export function credentialOf(request: Request): Credential | null {
  const authorization = request.get('Authorization');
  const key = request.get('X-API-Key');
  const ticket = ticketOf(request);
  if ([authorization, key, ticket].filter((given) => given !== undefined).length > 1) {
    throw new UnauthenticatedError('auth.unauthenticated', 'Send only one of Authorization, X-API-Key and a ticket.');
  }
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    if (!token) throw new UnauthenticatedError();
    return { kind: 'token', token };
  }
  if (key !== undefined) return { kind: 'api_key', ...secretOf('key', key) };
  return ticket === undefined ? null : { kind: 'ticket', ...secretOf('ticket', ticket) };
}

/** Accepts a ticket on any GET; the guard checks that the route is a stream. */
function ticketOf({ method, query }: Request): unknown {
  return method === 'GET' ? query['ticket'] : undefined;
}

function secretOf(kind: 'key' | 'ticket', token: unknown): { tenantId: string; hash: string } {
  const secret = typeof token === 'string' ? readSecret(kind, token) : null;
  if (!secret) throw new UnauthenticatedError();
  return secret;
}
