import { setTimeout as delay } from 'node:timers/promises';
import type { Connections } from './adapter/connections.js';

/** What a database says when it is asked whether it takes writes: `read-only` is what a standby says, `away` what says nothing. */
export type DatabaseState = 'ready' | 'read-only' | 'away';

/** Asks within `timeoutMs`, waiting for a connection included. Never throws. */
export async function ping(connections: Connections, timeoutMs: number): Promise<DatabaseState> {
  const giveUp = new AbortController();
  const away = (): DatabaseState => 'away';
  const timeout = delay(timeoutMs, undefined, { signal: giveUp.signal, ref: false }).then(away, away);
  const answer = connections.takesWrites().then((takesWrites) => (takesWrites ? 'ready' : 'read-only'), away);
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    giveUp.abort();
  }
}
