import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

/** Express' request with why its body could not be read, if so. */
export interface BodyRequest extends Request {
  bodyFailure?: Error;
}

/** `application/json` and `application/<anything>+json`. */
export const JSON_TYPES = ['application/json', 'application/*+json'];

/**
 * Parses JSON bodies up to `limit` bytes (after decompression). A failure is kept for `BodyGuard`: who may not call a route learns
 * that first, and an unknown route is not found, whatever its body.
 */
export function parseBody(limit: number): RequestHandler {
  const parse = express.json({ limit, strict: true, type: JSON_TYPES });
  return (request: BodyRequest, response: Response, next: NextFunction) => {
    parse(request, response, (failure?: Error) => {
      if (failure) request.bodyFailure = failure;
      next();
    });
  };
}
