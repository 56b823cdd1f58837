import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Headers that determine the caller, the tenant and the encoding of the response. */
const TELLING_APART = 'Authorization, X-API-Key, X-Tenant-ID, X-Tenant-Slug, Accept-Encoding';

/** JSON is not a page, so it may not load anything or be framed. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Policy for Swagger UI, from this origin only: it adds inline styles, and its images are `data:` URLs. */
const REFERENCE_POLICY = {
  ...API_POLICY,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
};

/** Sets security headers, with a separate content security policy for the reference page under `referencePath`. */
export function securityHeaders(referencePath: string): RequestHandler {
  const api = headersWith(API_POLICY);
  const reference = headersWith(REFERENCE_POLICY);
  return (request, response, next) => {
    for (const [name, value] of isUnder(request.path, referencePath) ? reference : api) response.setHeader(name, value);
    next();
  };
}

/**
 * Collects helmet's headers once, since they are the same for every response; running its dozen middlewares per request
 * would cost more.
 */
function headersWith(directives: Record<string, string[]>): [name: string, value: string][] {
  const headers: [string, string][] = [];
  const setHeader = (name: string, value: string): void => void headers.push([name, value]);
  const contentSecurityPolicy = { useDefaults: false, directives };
  helmet({ contentSecurityPolicy, referrerPolicy: { policy: 'no-referrer' } })(
    {} as Request,
    { setHeader, removeHeader: () => undefined } as unknown as Response,
    (error?: unknown) => {
      if (error) throw error as Error;
    },
  );
  return headers;
}

/** Responses belong to one tenant, so they are not stored; those that may be (by ETag) are kept apart per caller. */
export function neverCache(_: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  response.vary(TELLING_APART);
  next();
}

function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
