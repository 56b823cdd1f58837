import type { NextFunction, Request, Response } from 'express';

/** Express' request with the tenant that its path named: a slug or domain as sent, unchecked. */
export interface PathHintedRequest extends Request {
  tenantPathHint?: string;
}

const TENANT_PATH = /^(\/api\/v[0-9]+)\/t\/([^/?#]+)(?=[/?#]|$)/i;

/**
 * `/api/v1/t/<slug or domain>/users` is `/api/v1/users` with a hint: rewritten before routing, so that every route has the path form
 * and none declares it. `originalUrl` keeps what the client sent.
 */
export function readTenantFromPath(request: PathHintedRequest, _: Response, next: NextFunction): void {
  const [matched, base, segment] = TENANT_PATH.exec(request.url) ?? [];
  if (matched !== undefined && base !== undefined && segment !== undefined) {
    request.tenantPathHint = decode(segment);
    request.url = base + request.url.slice(matched.length);
  }
  next();
}

/** Broken escapes stay as they are: no tenant has such a name. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}
