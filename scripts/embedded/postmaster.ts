import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processIdentity } from '../processes/process-identity.mjs';
import type { Location } from './location.ts';

const START_TIMEOUT_MS = 60_000;
const FAST_STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const LOG_LIMIT_BYTES = 10_000_000;

export interface Postmaster {
  pid: number;
  port: number;
}

/**
 * Settings of the embedded server. It only listens on TCP on the loopback address: the path of a socket file in the
 * data folder could exceed the limit of 107 bytes.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // Small shared buffers, so that several clones can share a machine; the page cache compensates for it.
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/**
 * Returns the server that runs on this cluster, or `null`. A `postmaster.pid` alone proves nothing: it remains after a
 * crash, and its number may belong to another program by then, so the process' command line is checked.
 */
export function findPostmaster(location: Location): Postmaster | null {
  const [pid, , , port] = readPidFile(location);
  if (!pid || processIdentity(Number(pid)) === null) return null;
  return isPostmasterOf(Number(pid), location) ? { pid: Number(pid), port: Number(port) } : null;
}

function isPostmasterOf(pid: number, { cluster }: Location): boolean {
  const command = commandLine(pid);
  return command.includes('postgres') && command.includes(`-D ${cluster} `);
}

function commandLine(pid: number): string {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // it has ended in the meantime
  }
}

function readPidFile({ cluster }: Location): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Starts the server in a session of its own, so that neither signals to our process group nor closing the terminal
 * reach it. Resolves when it accepts connections.
 * @throws Error with the end of the server's log.
 */
export async function startPostmaster(location: Location, port: number, logFile: string): Promise<Postmaster> {
  adoptStalePidFile(location);
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a', 0o600);
  const logStart = statSync(logFile).size;
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const server = spawn(join(location.binaries, 'postgres'), ['-D', location.cluster, ...settings], {
    detached: true,
    cwd: location.cluster,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    stdio: ['ignore', log, log],
    ...(location.account && { uid: location.account.uid, gid: location.account.gid }),
  });
  closeSync(log);
  let ended: string | null = null;
  server.once('error', (error) => (ended = error.message));
  server.once('exit', (code, signal) => (ended = `it ended with ${signal ?? `code ${code}`}`));

  const deadline = Date.now() + START_TIMEOUT_MS;
  while (ended === null && Date.now() < deadline) {
    const lines = readPidFile(location);
    if (Number(lines[0]) === server.pid && lines[7] === 'ready') {
      server.unref();
      return { pid: server.pid, port };
    }
    await pause(POLL_MS);
  }
  server.kill('SIGQUIT');
  const tail = readFileSync(logFile).subarray(logStart).toString('utf8').trim().split('\n').slice(-12).join('\n');
  throw new Error(
    `PostgreSQL did not start: ${ended ?? `not ready after ${START_TIMEOUT_MS / 1000} s`}. Its log, ${logFile}, ends with:\n${tail}`,
  );
}

/**
 * PostgreSQL replaces the `postmaster.pid` of a crashed server by itself, unless the number in it is that of a live
 * process (or a zombie). That process cannot be a server of this cluster, because `findPostmaster` would have found it.
 * The file is not removed: it also identifies the shared memory by which the new server makes sure that no child of the
 * old one remains. Instead it gets the one number that PostgreSQL always ignores: that of its parent, this process.
 */
function adoptStalePidFile(location: Location): void {
  const lines = readPidFile(location);
  if (lines.length === 0) return;
  lines[0] = String(process.pid);
  writeFileSync(join(location.cluster, 'postmaster.pid'), lines.join('\n'));
}

/** Fast shutdown: terminates open connections and writes all data; resolves when the process has ended. */
export async function stopPostmaster({ pid }: Postmaster): Promise<void> {
  if (!signal(pid, 'SIGINT')) return;
  if (await gone(pid, FAST_STOP_TIMEOUT_MS)) return;
  // Immediate shutdown: the next start recovers from the write-ahead log.
  if (signal(pid, 'SIGQUIT')) await gone(pid, FAST_STOP_TIMEOUT_MS);
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function gone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (processIdentity(pid) !== null) {
    if (Date.now() > deadline) return false;
    await pause(POLL_MS);
  }
  return true;
}
