import pg from 'pg';

/** Connections that see everything. End it when done. */
export function adminPool(adminUrl: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: adminUrl, max });
  // Ending a pool does not wait until its sessions are gone: the database is dropped before that now and then.
  pool.on('error', () => undefined);
  return pool;
}
