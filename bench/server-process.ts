import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface ServerProcess {
  url: string;
  metricsPort: number | undefined;
  /** Time from spawn to ready, in milliseconds. */
  readyMs: number;
  /** Resident memory in MiB, as the operating system reports it. */
  residentMiB(): number;
  stop(): Promise<void>;
}

/** Starts a program that prints a JSON line with `"msg": "ready"` and its port. `flags` are passed to Node. */
export async function startServer(
  script: string,
  environment: Record<string, string>,
  flags: string[] = [],
): Promise<ServerProcess> {
  const start = performance.now();
  // BENCH_CPU_PROFILE names a folder for V8 profiles of the servers.
  const profile = process.env['BENCH_CPU_PROFILE'];
  const options = profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : [];
  const child = spawn(process.execPath, [...options, ...flags, script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { port, metricsPort } = await readyLine(child);
  return {
    url: `http://127.0.0.1:${port}`,
    metricsPort,
    readyMs: performance.now() - start,
    residentMiB: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024,
    stop: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function readyLine(child: ChildProcess): Promise<{ port: number; metricsPort?: number }> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const message = JSON.parse(line) as { msg?: string; port: number; metricsPort?: number };
      if (message.msg === 'ready') resolve(message);
    });
  });
}
