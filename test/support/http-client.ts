import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { INestApplication } from '@nestjs/common';

const GIVE_UP_AFTER_MS = 20_000;

export interface SentRequest {
  method: string;
  /** Path and query as they go out: nothing is encoded for the caller. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes;
  if (encoding === 'gzip') return gunzipSync(bytes);
  return encoding === 'br' ? brotliDecompressSync(bytes) : bytes;
}

/** Events go on for ever: the first is all that is waited for. */
const isStream = ({ headers }: IncomingMessage): boolean =>
  headers['content-type']?.startsWith('text/event-stream') ?? false;

/** A client that keeps its connections, and sends exactly what it is told to. */
export class HttpClient {
  readonly #agent: Agent;
  readonly #port: number;

  /** @param connections how many the requests share at most. */
  constructor(app: INestApplication, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#port = (app.getHttpServer().address() as AddressInfo).port;
  }

  send({ method, path, headers = {}, body }: SentRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          agent: this.#agent,
          method,
          path,
          headers: { ...(headers['transfer-encoding'] === undefined && lengthOf(body)), ...headers },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          const answer = (): void =>
            resolve({
              status: incoming.statusCode!,
              headers: incoming.headers,
              text: decoded(Buffer.concat(chunks), incoming.headers['content-encoding']).toString('utf8'),
            });
          incoming.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            if (!isStream(incoming)) return;
            answer();
            incoming.destroy();
          });
          incoming.on('error', reject);
          incoming.on('end', answer);
        },
      );
      outgoing.on('error', reject);
      outgoing.setTimeout(GIVE_UP_AFTER_MS, () => {
        outgoing.destroy(new Error(`${method} ${path} was not answered.`));
      });
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Node frames a body by itself for some methods only. */
function lengthOf(body: string | Buffer | undefined): OutgoingHttpHeaders {
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
}
