import compression from 'compression';
import type { RequestHandler, Response } from 'express';

/** Compresses what is worth it, but no event streams: a compressor would hold events back. */
export function compressAnswers(): RequestHandler {
  const compress = compression({
    filter: (request, response) => !isEventStream(response) && compression.filter(request, response),
  });
  // Who takes no coding needs none of the hooks. That answers depend on it, `Vary` says everywhere: see security-headers.
  return (request, response, next) =>
    request.headers['accept-encoding'] === undefined ? next() : compress(request, response, next);
}

function isEventStream(response: Response): boolean {
  return /^text\/event-stream/i.test(String(response.getHeader('Content-Type') ?? ''));
}
