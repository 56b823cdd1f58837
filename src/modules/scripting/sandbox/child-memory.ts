import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const SHELL = '/bin/sh';
const KIB = 1024;
const WATCH_INTERVAL_MS = 20;

/** Whether the operating system can be told, by a shell's `ulimit`, what a process may take. Elsewhere its parent has to watch it. */
export const CAN_LIMIT_MEMORY = process.platform === 'linux' && existsSync(SHELL);

/**
 * A command that becomes `command`, with a limit of its writable private memory (RLIMIT_DATA). Memory that is reserved only does not
 * count, so that neither V8 nor WebAssembly, which reserve gigabytes, are in the way. Where a shell refuses, there is no limit.
 */
export function withMemoryLimit(limitBytes: number, command: string, args: readonly string[]): [string, string[]] {
  const script = 'ulimit -d "$0" 2>/dev/null; exec "$@"';
  return [SHELL, ['-c', script, String(Math.ceil(limitBytes / KIB)), command, ...args]];
}

/** What counts towards a limit of `withMemoryLimit`, of a running process; undefined where nobody says. */
export async function limitedBytes(pid: number): Promise<number | undefined> {
  return process.platform === 'linux' ? await ofStatus(pid, 'VmData') : undefined;
}

/** What a running process has in memory (its resident set); undefined where nobody says, or when it has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform === 'linux') return await ofStatus(pid, 'VmRSS');
  if (process.platform === 'win32') return undefined;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const kib = Number.parseInt(stdout, 10);
  return Number.isNaN(kib) ? undefined : kib * KIB;
}

/** Calls `onExcess` once the process has more than `maxBytes` in memory. Returns a function that ends the watch. */
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
