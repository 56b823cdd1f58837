import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, isPortFree } from '../application/free-port.ts';
import { withLock } from '../processes/process-lock.mjs';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import { addLease, countLeases } from './leases.ts';
import { resolveLocation, type Location } from './location.ts';
import { findPostmaster, startPostmaster, stopPostmaster, type Postmaster } from './postmaster.ts';
import { loadSecrets, type Secrets } from './secrets.ts';

const START_ATTEMPTS = 4;
const PAUSE_MS = 300;

/** A running server on which this process holds a lease. */
export interface EmbeddedPostgres {
  host: string;
  port: number;
  pid: number;
  secrets: Secrets;
  /** URL of the superuser, in the database `postgres`. */
  adminUrl: string;
  /** Also keeps the server running for process `pid`, even if this process is killed. */
  alsoFor(pid: number): Promise<void>;
  /**
   * Restarts the server on its port if it has ended unexpectedly; returns whether it had.
   * @throws Error as the first start does.
   */
  revive(): Promise<boolean>;
  /** Releases the lease; the last release stops the server and waits for its end. May be called twice. */
  release(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL server of `dataFolder`, or joins the running one. Safe to call concurrently from any
 * number of processes.
 */
export async function useEmbeddedPostgres(
  dataFolder: string,
  say: (line: string) => void = () => undefined,
): Promise<EmbeddedPostgres> {
  const leases = join(dataFolder, 'leases');
  const underLock = <T>(action: () => Promise<T>): Promise<T> => withLock(join(dataFolder, 'postgres.lock'), action);

  return underLock(async () => {
    const location = resolveLocation(dataFolder);
    const { secrets } = loadSecrets(dataFolder);
    const isNew = await ensureCluster(location, secrets, say);
    if (isNew && location.outside) {
      say(
        `PostgreSQL runs as ${location.account?.name}, who cannot enter ${dataFolder}: its files are in ${location.outside}`,
      );
    }
    const server = findPostmaster(location) ?? (await start(location, dataFolder));
    const held = [addLease(leases, process.pid)];

    return {
      host: '127.0.0.1',
      port: server.port,
      pid: server.pid,
      secrets,
      adminUrl: `postgresql://${SUPERUSER}:${secrets.superuserPassword}@127.0.0.1:${server.port}/postgres`,
      alsoFor: (pid) => underLock(async () => void held.push(addLease(leases, pid))),
      revive: async () => {
        if (findPostmaster(location)) return false;
        return underLock(async () => {
          if (held.length === 0 || findPostmaster(location)) return false;
          await persistently(() => startPostmaster(location, server.port, join(dataFolder, 'postgres.log')));
          return true;
        });
      },
      release: () =>
        underLock(async () => {
          for (const lease of held.splice(0)) rmSync(lease, { force: true });
          const running = findPostmaster(location);
          if (running && countLeases(leases) === 0) await stopPostmaster(running);
        }),
    };
  });
}

/** Prefers the port of the last start if it is free, so that configured tools keep working. */
async function start(location: Location, dataFolder: string): Promise<Postmaster> {
  const file = join(dataFolder, 'postgres.json');
  return persistently(async (attempt) => {
    const remembered = rememberedPort(file);
    const port = attempt === 1 && remembered && (await isPortFree(remembered)) ? remembered : await freePort();
    const server = await startPostmaster(location, port, join(dataFolder, 'postgres.log'));
    writeFileSync(`${file}.part`, `${JSON.stringify({ port, cluster: location.cluster })}\n`);
    renameSync(`${file}.part`, file);
    return server;
  });
}

/**
 * Tries a few times: another process may take the port between the check and the server's start, and child processes of
 * a crashed server may still be ending. Both are temporary.
 */
async function persistently<T>(action: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action(attempt);
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
      await pause(PAUSE_MS);
    }
  }
}

function rememberedPort(file: string): number | null {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { port: number }).port;
  } catch {
    return null; // missing or damaged: any free port will do
  }
}
