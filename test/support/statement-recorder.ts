import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A statement as it was sent, with its values as text. */
export interface SentStatement {
  sql: string;
  values: (string | null)[];
}

export interface StatementRecorder {
  /** The given URL, by way of the recorder. */
  url: string;
  /** What was sent while `fn` ran, in order. One at a time. */
  record(fn: () => Promise<unknown>): Promise<SentStatement[]>;
  close(): Promise<void>;
}

/** A way to PostgreSQL that writes down the statements of the extended protocol, for tests that ask how they are executed. */
export async function statementRecorder(url: string): Promise<StatementRecorder> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let sent: SentStatement[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const reader = new MessageReader((statement) => sent.push(statement));
    client.on('data', (chunk: Buffer) => reader.read(chunk));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const recorded = new URL(url);
  recorded.hostname = '127.0.0.1';
  recorded.port = String((server.address() as AddressInfo).port);
  return {
    url: recorded.href,
    async record(fn) {
      sent = [];
      await fn();
      return sent;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads Parse and Bind (PostgreSQL's protocol 3.0) of one connection, wherever packets end. */
class MessageReader {
  readonly #texts = new Map<string, string>();
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(private readonly onStatement: (statement: SentStatement) => void) {}

  read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#rest.length < head + 4) return;
      const length = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < length) return;
      // The first message, which starts the session, has no type.
      if (this.#started) this.#take(String.fromCharCode(this.#rest[0]!), this.#rest.subarray(5, length));
      this.#started = true;
      this.#rest = this.#rest.subarray(length);
    }
  }

  #take(type: string, body: Buffer): void {
    if (type !== 'P' && type !== 'B') return;
    const [first, second] = [textAt(body, 0), textAt(body, body.indexOf(0) + 1)];
    if (type === 'P') this.#texts.set(first, second);
    else this.onStatement({ sql: this.#texts.get(second) ?? '', values: valuesOf(body) });
  }
}

function textAt(body: Buffer, from: number): string {
  return body.toString('utf8', from, body.indexOf(0, from));
}

/** Of a Bind message: behind the names of portal and statement, and the formats. */
function valuesOf(body: Buffer): (string | null)[] {
  let at = body.indexOf(0, body.indexOf(0) + 1) + 1;
  at += 2 + 2 * body.readUInt16BE(at);
  const count = body.readUInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    at += length;
    return body.toString('utf8', at - length, at);
  });
}
