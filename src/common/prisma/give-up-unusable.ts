import type pg from 'pg';
import { endsConnection } from './database-faults.js';

type Watched = pg.PoolClient & {
  connection: { on(event: 'errorMessage', listener: (error: { code?: string; message: string }) => void): void };
};

/**
 * For a pool whose queries are sent by a library: replaces a connection when it is released after an error that makes
 * it unusable. node-postgres itself only notices closed sockets.
 */
export function giveUpUnusable(pool: pg.Pool): void {
  const unusable = new WeakSet<pg.PoolClient>();
  pool.on('connect', (client) => {
    (client as Watched).connection.on('errorMessage', ({ code, message }) => {
      if (endsConnection(code, message)) unusable.add(client);
    });
  });
  // Emitted before the pool takes the connection back, and the pool does not lend a closing one again.
  pool.on('release', (_, client) => {
    if (unusable.delete(client)) (client as unknown as pg.Client).end().catch(() => undefined);
  });
}
