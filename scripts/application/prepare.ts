import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../processes/process-lock.mjs';
import { say } from '../progress.mjs';
import { DATA_FOLDER, hashInputs, ROOT } from '../project.ts';
import { leanClient } from './lean-client.ts';
import { runOnce } from './remembered-step.ts';
import { runProgram } from '../processes/run-program.ts';

/** Folder of the built application. */
export const DIST = join(ROOT, 'dist');
export const MAIN = join(DIST, 'src', 'main.js');
export const SEED = join(DIST, 'prisma', 'seed', 'main.js');

const GENERATED = 'src/generated';
const SOURCES = ['src', 'prisma/seed'];

/** Generates the Prisma client and builds the application, each only if its inputs have changed. Safe in parallel. */
export async function prepare(): Promise<void> {
  await underSetupLock(async () => {
    await generate();
    await build();
  });
}

/** Generates only the Prisma client. */
export async function prepareClient(): Promise<void> {
  await underSetupLock(generate);
}

function underSetupLock(action: () => Promise<void>): Promise<void> {
  const onWait = (pid: number): void => say(`Waiting for another set-up (process ${pid}) …`);
  return withLock(join(DATA_FOLDER, 'setup.lock'), action, { onWait });
}

function generate(): Promise<void> {
  return runOnce({
    name: 'generate',
    title: 'Generating the Prisma client',
    inputs: hashInputs([
      'prisma/schema',
      'prisma.config.ts',
      'package-lock.json',
      'scripts/application/lean-client.ts',
    ]),
    output: join(ROOT, GENERATED),
    action: async () => {
      await runProgram('prisma', ['generate'], { quiet: true });
      leanClient();
    },
  });
}

function build(): Promise<void> {
  return runOnce({
    name: 'build',
    title: 'Building',
    inputs: hashInputs([...SOURCES, '.swcrc', 'package-lock.json'], (path) => path.endsWith('.spec.ts')),
    output: MAIN,
    action: compile,
  });
}

/**
 * Compiles into a new folder and swaps it in, so that a running or starting application never sees a half-finished
 * build.
 */
async function compile(): Promise<void> {
  const fresh = `${DIST}.part`;
  const old = `${DIST}.old`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(old, { recursive: true, force: true });
  const sources = SOURCES.filter((path) => existsSync(join(ROOT, path)));
  await runProgram('swc', [...sources, '-d', fresh, '--ignore', '**/*.spec.ts', '--copy-files'], { quiet: true });
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
}
