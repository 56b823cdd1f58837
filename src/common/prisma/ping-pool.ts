import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

/** Whether `SELECT 1` is answered within `timeoutMs`, waiting for a connection included. Never throws. */
export async function pingPool(pool: Pool, timeoutMs: number): Promise<boolean> {
  const giveUp = new AbortController();
  const timeout = delay(timeoutMs, false, { signal: giveUp.signal, ref: false }).catch(() => false);
  const answer = pool.query('SELECT 1').then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    giveUp.abort();
  }
}
