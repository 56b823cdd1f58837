import type pg from 'pg';

/** Checks per time-out, so a stalled connection is found at most this fraction too late. */
const LOOKS = 10;
const MAX_PAUSE_MS = 1000;

interface Watched {
  query: unknown;
  sinceMs: number;
}

/**
 * Abandons connections whose server no longer answers: their queries reject and the pool replaces them. Checks all
 * connections periodically. A timer per query would cost more, and V8 would retain what such timers reference,
 * including query results, long after the answer.
 */
export class StallWatch {
  readonly #clients = new Map<pg.PoolClient, Watched>();
  readonly #timer: NodeJS.Timeout;

  /** @param timeoutMs time without an answer after which a connection is abandoned, in milliseconds. */
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

/** Returns the query that the client is waiting for; the same object until it is answered. */
export function activeQueryOf(client: pg.PoolClient): object | undefined {
  return (client as unknown as { _getActiveQuery(): object | null })._getActiveQuery() ?? undefined;
}

function giveUp(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection;
  stream.destroy(new Error('Query read timeout'));
}
