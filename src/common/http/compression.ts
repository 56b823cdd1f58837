import compression from 'compression';
import type { RequestHandler, Response } from 'express';

/** Compresses responses where it pays off, except event streams: a compressor would delay the events. */
export function compressAnswers(): RequestHandler {
  const compress = compression({
    filter: (request, response) => !isEventStream(response) && compression.filter(request, response),
  });
  // Clients that accept no encoding skip the hooks. `Vary` is set for all responses, see security-headers.
  return (request, response, next) =>
    request.headers['accept-encoding'] === undefined ? next() : compress(request, response, next);
}

function isEventStream(response: Response): boolean {
  return /^text\/event-stream/i.test(String(response.getHeader('Content-Type') ?? ''));
}
