import type { IncomingMessage, Server } from 'node:http';

const AUTHORITY = /^https?:\/\/[^/?#]*/i;

/**
 * Treats `GET http://host/path` as `GET /path`: servers must accept it (RFC 9112, 3.2.2), and all later code expects a
 * path. This is done on the server rather than in middleware, because Express' router keeps the original URL. The host
 * is taken from the `Host` header.
 */
export function takeOriginForm(server: Server): void {
  server.prependListener('request', (request: IncomingMessage) => {
    const path = (request.url ?? '').replace(AUTHORITY, '');
    request.url = path.startsWith('?') || path === '' ? `/${path}` : path;
  });
}
