import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a client sent since the last reset. */
export interface WireCount {
  /** Times the client spoke and then waited for the server. */
  roundTrips: number;
  /** Ends of an extended-protocol submission: one transaction each, unless one is open. */
  syncs: number;
  /** Simple queries: `BEGIN; …`, `COMMIT` and the like. */
  simple: number;
  /** Statements that the server had to parse. */
  parses: number;
  executes: number;
}

export interface WireCountingProxy {
  /** The given URL, by way of the proxy. */
  url: string;
  /** What was sent while `fn` ran. One at a time. */
  count<T>(fn: () => Promise<T>): Promise<WireCount>;
  /** Bytes that the database sent while `fn` ran. One at a time. */
  received(fn: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

const NOTHING: WireCount = { roundTrips: 0, syncs: 0, simple: 0, parses: 0, executes: 0 };
const COUNTED: Record<string, keyof WireCount> = { S: 'syncs', Q: 'simple', P: 'parses', E: 'executes' };

/** A way to PostgreSQL that reads along: it knows the messages of the frontend protocol, and who spoke last. */
export async function wireCountingProxy(url: string): Promise<WireCountingProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let counted = { ...NOTHING };
  let received = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const messages = new FrontendMessages((type) => {
      const name = COUNTED[type];
      if (name) counted[name] += 1;
    });
    let serverSpokeLast = true;
    client.on('data', (chunk: Buffer) => {
      if (serverSpokeLast) counted.roundTrips += 1;
      serverSpokeLast = false;
      messages.read(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      serverSpokeLast = true;
      received += chunk.length;
    });
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
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.href,
    async count(fn) {
      counted = { ...NOTHING };
      await fn();
      return counted;
    },
    async received(fn) {
      received = 0;
      await fn();
      return received;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Cuts what a client sends into messages, wherever packets end. The first one, which starts the session, has no type. */
class FrontendMessages {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(private readonly onMessage: (type: string) => void) {}

  read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#rest.length < head + 4) return;
      const length = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < length) return;
      if (this.#started) this.onMessage(String.fromCharCode(this.#rest[0]!));
      this.#started = true;
      this.#rest = this.#rest.subarray(length);
    }
  }
}
