import type pg from 'pg';

/** How many looks it takes at least to find a stall: one that lasts is found at most this fraction too late. */
const LOOKS = 10;
const MAX_PAUSE_MS = 1000;

interface Watched {
  query: unknown;
  sinceMs: number;
}

/**
 * Gives up connections whose server does not answer any more: their queries reject and the pool replaces them.
 * It looks at all of them from time to time. A timer for each query would not only cost more: V8 keeps what such timers hold,
 * the results of queries, long after they were answered.
 */
export class StallWatch {
  readonly #clients = new Map<pg.PoolClient, Watched>();
  readonly #timer: NodeJS.Timeout;

  /** @param timeoutMs without an answer after which a connection is given up, in milliseconds. */
  constructor(
    private readonly pool: pg.Pool,
    private readonly timeoutMs: number,
  ) {
    pool.on('connect', (client) => this.#clients.set(client, { query: undefined, sinceMs: 0 }));
    pool.on('remove', (client) => this.#clients.delete(client));
    this.#timer = setInterval(() => this.#look(), Math.min(MAX_PAUSE_MS, timeoutMs / LOOKS));
    this.#timer.unref();
  }

  #look(): void {
    if (this.pool.ended) return clearInterval(this.#timer);
    const now = performance.now();
    for (const [client, watched] of this.#clients) {
      const query = activeQueryOf(client);
      if (query !== watched.query) Object.assign(watched, { query, sinceMs: now });
      else if (query && now - watched.sinceMs > this.timeoutMs) giveUp(client);
    }
  }
}

/** What the client waits for an answer to; the same object for as long as it does. */
export function activeQueryOf(client: pg.PoolClient): object | undefined {
  return (client as unknown as { _getActiveQuery(): object | null })._getActiveQuery() ?? undefined;
}

function giveUp(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection;
  stream.destroy(new Error('Query read timeout'));
}
