import { randomUUID } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { titleOf, usualProblem } from './problem.js';

/** Status codes for errors of Node's HTTP parser. */
const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/**
 * Sends a problem document for input that never becomes a request: broken or oversized headers, or headers that do not
 * arrive in time.
 */
export function answerMalformedRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // The same check as in Node's own handler: only the socket knows whether a response has started.
    const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse };
    if (error.code === 'ECONNRESET' || !socket.writable || answer?.headersSent) {
      socket.destroy();
      return;
    }
    const status = STATUS_OF_CODE.get(error.code ?? '') ?? 400;
    socket.end(rawProblem(status), () => socket.destroy());
  });
}

function rawProblem(status: number): string {
  const requestId = randomUUID();
  const title = titleOf(status);
  const { code, detail } = usualProblem(status);
  const body = JSON.stringify({ type: `urn:tenantry:problem:${code}`, title, status, detail, code, requestId });
  return [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    '',
    body,
  ].join('\r\n');
}
