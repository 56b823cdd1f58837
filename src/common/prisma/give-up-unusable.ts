import type pg from 'pg';
import { endsConnection } from './database-faults.js';

type Watched = pg.PoolClient & {
  connection: { on(event: 'errorMessage', listener: (error: { code?: string; message: string }) => void): void };
};

/**
 * For a pool whose queries are somebody else's: a connection on which the server said that it cannot be used any more is replaced when it
 * is given back. node-postgres by itself only notices that a socket has closed.
 */
export function giveUpUnusable(pool: pg.Pool): void {
  const unusable = new WeakSet<pg.PoolClient>();
  pool.on('connect', (client) => {
    (client as Watched).connection.on('errorMessage', ({ code, message }) => {
      if (endsConnection(code, message)) unusable.add(client);
    });
  });
  // Emitted before the pool takes the connection in: one that is closing is not lent again.
  pool.on('release', (_, client) => {
    if (unusable.delete(client)) (client as unknown as pg.Client).end().catch(() => undefined);
  });
}
