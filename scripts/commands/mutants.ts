import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { type Mutant, MUTANTS } from '../../test/mutants/mutants.ts';
import { useEmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import { prepareClient } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { DATA_FOLDER, ROOT } from '../project.ts';
import { childEnvironment, commandOf } from '../processes/run-program.ts';
import { stopRequested } from '../processes/stop-request.ts';

const COPIED = [
  'src',
  'prisma',
  'scripts',
  'test',
  'package.json',
  'tsconfig.json',
  '.swcrc',
  'jest.config.mjs',
  'prisma.config.ts',
  'package-lock.json',
];

interface Verdict {
  mutant: string;
  killed: boolean;
  /** The first test that failed. */
  by: string;
}

/**
 * `npm run test:mutants [part of a name]`: breaks one defence at a time and runs the isolation suite, which must fail
 * each time.
 */
export async function mutants([only = '']: string[]): Promise<number> {
  await prepareClient();
  const chosen = MUTANTS.filter((mutant) => mutant.name.includes(only));
  const embedded = await useEmbeddedPostgres(DATA_FOLDER, say);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tenantry-mutants-')));
  const environment = {
    TEST_ADMIN_DATABASE_URL: embedded.adminUrl,
    TEST_ROLE_PASSWORDS: JSON.stringify(embedded.secrets.rolePasswords),
    NODE_ENV: 'test',
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
  try {
    const verdicts: Verdict[] = [];
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const unbroken = await runSuite('(nothing broken)', folder, environment);
    if (unbroken.killed) throw new Error(`The isolation suite fails before anything is broken: ${unbroken.by}`);
    for (const mutant of chosen) {
      stopRequested.throwIfAborted();
      const verdict = await tryMutant(mutant, folder, environment);
      say(`${verdict.killed ? 'killed  ' : 'SURVIVED'}  ${mutant.name.padEnd(48)} ${verdict.by}`);
      verdicts.push(verdict);
    }
    const survivors = verdicts.filter((verdict) => !verdict.killed);
    say(`${verdicts.length} mutants, ${verdicts.length - survivors.length} killed, ${survivors.length} survived.`);
    return survivors.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await embedded.release();
  }
}

async function tryMutant(mutant: Mutant, folder: string, environment: Record<string, string>): Promise<Verdict> {
  const file = join(folder, mutant.file);
  const sound = readFileSync(file, 'utf8');
  if (!sound.includes(mutant.from))
    throw new Error(`Mutant "${mutant.name}": ${mutant.file} no longer has: ${mutant.from}`);
  writeFileSync(file, sound.replaceAll(mutant.from, mutant.to));
  try {
    return await runSuite(mutant.name, folder, environment);
  } finally {
    writeFileSync(file, sound);
  }
}

async function runSuite(mutant: string, folder: string, environment: Record<string, string>): Promise<Verdict> {
  const [command, args] = commandOf('jest', [
    'test/isolation',
    '--testPathIgnorePatterns=pgbouncer',
    '--bail',
    '--maxWorkers=2',
  ]);
  const child = spawn(command, args, {
    cwd: folder,
    env: childEnvironment(environment),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { mutant, killed: code !== 0, by: code === 0 ? '' : firstFailure(output) };
}

/** Returns the first test that Jest reports as failed, or, if no test ran, the line with the reason and its details. */
function firstFailure(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const test = lines.find((line) => line.startsWith('● '))?.slice(2);
  const refusal = lines.findIndex((line) => /^(StartupError|Error)/.test(line));
  const reason = refusal < 0 ? [] : lines.slice(refusal, refusal + 2);
  return [test, ...reason].filter(Boolean).join(' ').slice(0, 160) || 'the suite did not start';
}
