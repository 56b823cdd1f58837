import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface WireProxy {
  /** The given URL, through the proxy. */
  url: string;
  close(): Promise<void>;
}

/** Hears what passes through one connection. */
export interface WireListener {
  onClient(chunk: Buffer): void;
  onServer?(chunk: Buffer): void;
}

/** A proxy in front of PostgreSQL that listens to what clients send and receive. */
export async function wireProxy(url: string, listen: () => WireListener): Promise<WireProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const listener = listen();
    client.on('data', (chunk: Buffer) => listener.onClient(chunk));
    upstream.on('data', (chunk: Buffer) => listener.onServer?.(chunk));
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
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Cuts what a client sends into messages, wherever packets end. The first one, which starts the session, has no type. */
export class FrontendMessages {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(private readonly onMessage: (type: string, body: Buffer) => void) {}

  read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#rest.length < head + 4) return;
      const length = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < length) return;
      if (this.#started) this.onMessage(String.fromCharCode(this.#rest[0]!), this.#rest.subarray(5, length));
      this.#started = true;
      this.#rest = this.#rest.subarray(length);
    }
  }
}
