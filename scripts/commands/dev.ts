import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodeOf } from '../processes/child-process.mjs';
import { checkConfiguration } from '../application/check-configuration.ts';
import { applicationEnvironment, withProjectDatabase } from '../db/project-database.ts';
import { keepRunning } from '../embedded/keep-running.ts';
import { loadDotEnv } from '../environment.ts';
import { choosePorts } from '../application/ports.ts';
import { prepare } from '../application/prepare.ts';
import { watchTree } from '../application/watch-tree.ts';
import { say } from '../progress.mjs';
import { ROOT } from '../project.ts';
import { spawnApplication, sayWhenReady } from '../application/run-application.ts';
import { ProgramError } from '../processes/run-program.ts';
import { setForeground, stopRequested } from '../processes/stop-request.ts';
import { makeReady } from './start.ts';

const WATCHED = ['src', join('prisma', 'schema'), join('prisma', 'seed')];
const GENERATED = join(ROOT, 'src', 'generated');
const QUIET_MS = 150;

/** `npm run dev`: does the same as `npm start`, and restarts whenever a source file has changed. */
export async function dev(args: string[]): Promise<number> {
  loadDotEnv();
  await prepare();
  return withProjectDatabase(async (database) => {
    const environment = { ...applicationEnvironment(database), ...(await choosePorts()) };
    await checkConfiguration(environment);
    await makeReady(database);
    if (database.embedded) void keepRunning(database.embedded, stopRequested, say);
    const changes = watchSources();
    try {
      for (let first = true; ; first = false) {
        stopRequested.throwIfAborted();
        const child = spawnApplication(args, environment);
        const exitCode = exitCodeOf(child);
        if (first) void sayWhenReady(environment, stopRequested);
        let isReplaced = false;
        void exitCode.then((code) => {
          if (!isReplaced && !stopRequested.aborted)
            say(`The application exited with code ${code}; it restarts after the next change.`);
        });
        await rebuiltAfterChange(changes);
        if (stopRequested.aborted) return await exitCode;
        isReplaced = true;
        child.kill('SIGTERM');
        await exitCode;
      }
    } finally {
      setForeground(null);
      changes.close();
    }
  });
}

interface Changes {
  /** Resolves at the next change, or when a stop is requested. */
  next(): Promise<void>;
  close(): void;
}

function watchSources(): Changes {
  let wake: (() => void) | null = null;
  let pending = false;
  const notice = (): void => {
    pending = true;
    wake?.();
  };
  const noticeSource = (path: string): void => {
    if (!path.endsWith('.spec.ts')) notice();
  };
  const ends = WATCHED.map((folder) => watchTree(join(ROOT, folder), noticeSource, (path) => path === GENERATED));
  stopRequested.addEventListener('abort', notice);
  return {
    next: async () => {
      if (!pending) await new Promise<void>((resolve) => (wake = resolve));
      // Editors and version control write several files at a time.
      while (pending && !stopRequested.aborted) {
        pending = false;
        await pause(QUIET_MS);
      }
    },
    close: () => ends.forEach((end) => end()),
  };
}

/** Waits for a change that builds; after a failed build the running application continues. */
async function rebuiltAfterChange(changes: Changes): Promise<void> {
  for (;;) {
    await changes.next();
    if (stopRequested.aborted) return;
    try {
      await prepare();
      return;
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      say('The change does not build; the application keeps running unchanged.');
    }
  }
}
