import { setTimeout as delay } from 'node:timers/promises';
import type { Connections } from './adapter/connections.js';

/** Result of asking a database whether it accepts writes: `read-only` for a standby, `away` if there is no answer. */
export type DatabaseState = 'ready' | 'read-only' | 'away';

/** Waits at most `timeoutMs`, including the wait for a connection. Never throws. */
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
