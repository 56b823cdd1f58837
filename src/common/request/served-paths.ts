import { NotFoundException } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Served at the root, for orchestrators, which do not know the API. */
export const PROBE_PATHS = ['livez', 'readyz', 'startupz'];

export const API_PREFIX = 'api';

/** Compares paths as the router does: ignoring case and a trailing slash. */
export function isProbe(path: string): boolean {
  return PROBE_PATHS.includes(path.toLowerCase().replace(/^\/|\/$/g, ''));
}

function isApi(path: string): boolean {
  return path.split('/', 2)[1]?.toLowerCase() === API_PREFIX;
}

/** A path that this process does not serve with any method. */
export class ForeignPathException extends NotFoundException {}

/** Nest answers unknown routes only under its prefix; this handles all others. A worker serves only probes. */
export function refuseForeignPaths(servesApi: boolean): RequestHandler {
  return ({ path }: Request, _: Response, next: NextFunction) => {
    const isServed = isProbe(path) || (servesApi && isApi(path));
    if (isServed) next();
    else next(servesApi ? new NotFoundException() : new ForeignPathException());
  };
}
