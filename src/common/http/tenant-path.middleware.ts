import type { NextFunction, Request, Response } from 'express';

/** Express' request with the tenant from its path: a slug or domain as sent, unverified. */
export interface PathHintedRequest extends Request {
  tenantPathHint?: string;
}

const TENANT_PATH = /^(\/api\/v[0-9]+)\/t\/([^/?#]+)(?=[/?#]|$)/i;

/**
 * Rewrites `/api/v1/t/<slug or domain>/users` to `/api/v1/users` with a hint, before routing. Thus every route supports
 * the path form without declaring it. `originalUrl` keeps the URL that the client sent.
 */
export function readTenantFromPath(request: PathHintedRequest, _: Response, next: NextFunction): void {
  const [matched, base, segment] = TENANT_PATH.exec(request.url) ?? [];
  if (matched !== undefined && base !== undefined && segment !== undefined) {
    request.tenantPathHint = decode(segment);
    request.url = base + request.url.slice(matched.length);
  }
  next();
}

/** Invalid escapes are left unchanged: no tenant has such a name. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}
