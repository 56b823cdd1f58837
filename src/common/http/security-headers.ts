import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

const TENANT_HEADERS = 'Authorization, X-API-Key, X-Tenant-ID, X-Tenant-Slug';

/** JSON is no page: nothing in it may load or be framed. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** What Swagger UI needs, from this origin alone: it writes styles into the page and its images are `data:` URLs. */
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

/** Security headers, with a content security policy of its own for the reference page under `referencePath`. */
export function securityHeaders(referencePath: string): RequestHandler {
  const withPolicy = (directives: Record<string, string[]>): RequestHandler =>
    helmet({ contentSecurityPolicy: { useDefaults: false, directives }, referrerPolicy: { policy: 'no-referrer' } });
  const api = withPolicy(API_POLICY);
  const reference = withPolicy(REFERENCE_POLICY);
  return (request, response, next) => (isUnder(request.path, referencePath) ? reference : api)(request, response, next);
}

/** Answers belong to one tenant: nothing keeps them, and what may (by ETag) keeps them apart by who asked. */
export function neverCache(_: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  response.vary(TENANT_HEADERS);
  next();
}

function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
