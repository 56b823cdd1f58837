import { NotFoundException } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Served at the root: what runs the program asks these, and knows no API. */
export const PROBE_PATHS = ['livez', 'readyz', 'startupz'];

export const API_PREFIX = 'api';

/** The paths are compared as the router does: in any case, with or without a slash at the end. */
export function isProbe(path: string): boolean {
  return PROBE_PATHS.includes(path.toLowerCase().replace(/^\/|\/$/g, ''));
}

function isApi(path: string): boolean {
  return path.split('/', 2)[1]?.toLowerCase() === API_PREFIX;
}

/** What this process does not serve: no method would change that. */
export class ForeignPathException extends NotFoundException {}

/** Nest answers unknown routes under its prefix alone; this does for all others. A worker serves probes and nothing else. */
export function refuseForeignPaths(servesApi: boolean): RequestHandler {
  return ({ path }: Request, _: Response, next: NextFunction) => {
    const isServed = isProbe(path) || (servesApi && isApi(path));
    if (isServed) next();
    else next(servesApi ? new NotFoundException() : new ForeignPathException());
  };
}
