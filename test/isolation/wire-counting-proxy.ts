import { FrontendMessages, wireProxy } from '../support/wire-proxy.js';

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
  /** The given URL, through the proxy. */
  url: string;
  /** What was sent while `fn` ran. One at a time. */
  count<T>(fn: () => Promise<T>): Promise<WireCount>;
  /** Bytes that the database sent while `fn` ran. One at a time. */
  received(fn: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

const NOTHING: WireCount = { roundTrips: 0, syncs: 0, simple: 0, parses: 0, executes: 0 };
const COUNTED: Record<string, keyof WireCount> = { S: 'syncs', Q: 'simple', P: 'parses', E: 'executes' };

/** A proxy in front of PostgreSQL that counts the messages of the frontend protocol, and how often the client waits for the server. */
export async function wireCountingProxy(url: string): Promise<WireCountingProxy> {
  let counted = { ...NOTHING };
  let received = 0;
  const proxy = await wireProxy(url, () => {
    const messages = new FrontendMessages((type) => {
      const name = COUNTED[type];
      if (name) counted[name] += 1;
    });
    let serverSpokeLast = true;
    return {
      onClient: (chunk) => {
        if (serverSpokeLast) counted.roundTrips += 1;
        serverSpokeLast = false;
        messages.read(chunk);
      },
      onServer: (chunk) => {
        serverSpokeLast = true;
        received += chunk.length;
      },
    };
  });
  return {
    ...proxy,
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
  };
}
