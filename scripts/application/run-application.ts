import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodeOf, spawnNode } from '../processes/child-process.mjs';
import type { EmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import { keepRunning } from '../embedded/keep-running.ts';
import { setting } from '../environment.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { MAIN } from './prepare.ts';
import { say } from '../progress.mjs';
import { ROOT } from '../project.ts';
import { childEnvironment } from '../processes/run-program.ts';
import { setForeground } from '../processes/stop-request.ts';

const POLL_MS = 100;

/** Starts the built application as the child process that receives requests to stop. */
export function spawnApplication(args: string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const child = spawnNode(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    cwd: ROOT,
    env: childEnvironment(environment),
  });
  setForeground(child);
  return child;
}

/** Runs the built application until it ends, and prints its addresses once it is ready. @returns its exit code. */
export async function runApplication(
  args: string[],
  environment: NodeJS.ProcessEnv,
  embedded: EmbeddedPostgres | null,
): Promise<number> {
  const child = spawnApplication(args, environment);
  const ended = new AbortController();
  const exitCode = exitCodeOf(child).finally(() => ended.abort());
  try {
    // If this process is killed, the application still drains, and needs its database meanwhile.
    if (child.pid) await embedded?.alsoFor(child.pid);
    const welcome = sayWhenReady(environment, ended.signal);
    const watch = embedded && keepRunning(embedded, ended.signal, say);
    const code = await exitCode;
    await Promise.all([welcome, watch]);
    return code;
  } finally {
    setForeground(null);
  }
}

/** Prints the addresses once `/readyz` responds with 200; gives up when `ended` is aborted. */
export async function sayWhenReady(environment: NodeJS.ProcessEnv, ended: AbortSignal): Promise<void> {
  const host = environment['HOST'] ?? '127.0.0.1';
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const probe = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${environment['PORT']}/readyz`;
  while (!ended.aborted) {
    if (await isOk(probe, ended)) {
      return sayWelcome(
        `http://localhost:${environment['PORT']}`,
        (environment['SEED_DEMO'] ?? setting('SEED_DEMO')) === 'true',
      );
    }
    await pause(POLL_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

async function isOk(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(url, { signal })).ok;
  } catch {
    return false; // not listening yet
  }
}

function sayWelcome(url: string, isDemo: boolean): void {
  say('');
  say('Tenantry is ready.');
  say(`  API reference  ${url}/api/docs`);
  say(`  Readiness      ${url}/readyz`);
  if (isDemo) {
    say('  Sign in        one of the tenants fortium-demo, acme-corp, startup-xyz as owner@demo.test (or admin@,');
    say('                 manager@, member@, viewer@), password demo-password:');
    say(`    curl -s ${url}/api/v1/auth/login -H 'Content-Type: application/json' \\`);
    say(`      -d '{"tenant": "acme-corp", "identifier": "owner@demo.test", "password": "demo-password"}'`);
    say('  Platform admin platform@tenantry.test, password demo-password, at POST /api/v1/platform/auth/login');
  }
  say('Ctrl-C stops it.');
  say('');
}
