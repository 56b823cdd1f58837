import compression from 'compression';
import type { RequestHandler, Response } from 'express';

/** Compresses what is worth it, but no event streams: a compressor would hold events back. */
export function compressAnswers(): RequestHandler {
  return compression({
    filter: (request, response) => !isEventStream(response) && compression.filter(request, response),
  });
}

function isEventStream(response: Response): boolean {
  return /^text\/event-stream/i.test(String(response.getHeader('Content-Type') ?? ''));
}
