import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const SHELL = '/bin/sh';
const KIB = 1024;
const WATCH_INTERVAL_MS = 20;

/** True if a shell's `ulimit` can limit a process' memory. Otherwise the parent has to watch it. */
export const CAN_LIMIT_MEMORY = process.platform === 'linux' && existsSync(SHELL);

/**
 * Wraps a command so that its writable private memory is limited (RLIMIT_DATA). Memory that is only reserved does not
 * count, which matters because V8 and WebAssembly reserve gigabytes. If the shell refuses, there is no limit.
 */
export function withMemoryLimit(limitBytes: number, command: string, args: readonly string[]): [string, string[]] {
  const script = 'ulimit -d "$0" 2>/dev/null; exec "$@"';
  return [SHELL, ['-c', script, String(Math.ceil(limitBytes / KIB)), command, ...args]];
}

/**
 * Returns the memory of a running process that counts towards the limit of `withMemoryLimit`; undefined if it is
 * unknown.
 */
export async function limitedBytes(pid: number): Promise<number | undefined> {
  return process.platform === 'linux' ? await ofStatus(pid, 'VmData') : undefined;
}

/** Returns the resident set size of a running process; undefined if it is unknown or the process has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform === 'linux') return await ofStatus(pid, 'VmRSS');
  if (process.platform === 'win32') return undefined;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const kib = Number.parseInt(stdout, 10);
  return Number.isNaN(kib) ? undefined : kib * KIB;
}

/** Calls `onExcess` once the process has more than `maxBytes` in memory. Returns a function that stops watching. */
export function watchMemory(pid: number, maxBytes: number, onExcess: () => void): () => void {
  let isReading = false;
  const timer = setInterval(() => {
    if (isReading) return;
    isReading = true;
    void residentBytes(pid).then((bytes = 0) => {
      isReading = false;
      if (bytes > maxBytes) onExcess();
    });
  }, WATCH_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

async function ofStatus(pid: number, name: string): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return kib === undefined ? undefined : Number(kib) * KIB;
}
