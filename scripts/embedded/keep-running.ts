import { setTimeout as pause } from 'node:timers/promises';
import type { EmbeddedPostgres } from './embedded-postgres.ts';

const LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Restarts the server whenever it ends unexpectedly (if memory runs out, the kernel kills the largest process), until
 * `until` is aborted. Otherwise the application would wait for it forever.
 */
export async function keepRunning(
  server: EmbeddedPostgres,
  until: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for (let wait = LOOK_MS; !until.aborted;) {
    await pause(wait, undefined, { signal: until, ref: false }).catch(() => undefined);
    if (until.aborted) return;
    try {
      if (await server.revive()) say('PostgreSQL had stopped; it was restarted.');
      wait = LOOK_MS;
    } catch (error) {
      say((error as Error).message);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  }
}
