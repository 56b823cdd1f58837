import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Who asks, and in which coding the answer is wanted. */
const TELLING_APART = 'Authorization, X-API-Key, X-Tenant-ID, X-Tenant-Slug, Accept-Encoding';

/** JSON is no page: nothing in it may load or be framed. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Policy for Swagger UI, from this origin only: it writes styles into the page, and its images are `data:` URLs. */
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
  const api = headersWith(API_POLICY);
  const reference = headersWith(REFERENCE_POLICY);
  return (request, response, next) => {
    for (const [name, value] of isUnder(request.path, referencePath) ? reference : api) response.setHeader(name, value);
    next();
  };
}

/** What helmet sets. It is the same for every answer, so it is asked once: a dozen functions for each request would cost more. */
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

/** Answers belong to one tenant: nothing keeps them, and what may (by ETag) keeps them apart by who asked. */
export function neverCache(_: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  response.vary(TELLING_APART);
  next();
}

function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
