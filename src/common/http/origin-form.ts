import type { IncomingMessage, Server } from 'node:http';

const AUTHORITY = /^https?:\/\/[^/?#]*/i;

/**
 * Takes `GET http://host/path` for `GET /path`: servers have to accept it (RFC 9112, 3.2.2), and everything behind reads paths.
 * On the server and not as a middleware, because Express' router remembers the address it began with. Which host was meant, the
 * `Host` header says.
 */
export function takeOriginForm(server: Server): void {
  server.prependListener('request', (request: IncomingMessage) => {
    const path = (request.url ?? '').replace(AUTHORITY, '');
    request.url = path.startsWith('?') || path === '' ? `/${path}` : path;
  });
}
