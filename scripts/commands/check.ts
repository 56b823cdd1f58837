import { join } from 'node:path';
import { prepareClient } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { ROOT } from '../project.ts';
import { ProgramError, runProgram, type Program } from '../processes/run-program.ts';
import { runJest } from './test.ts';

const CHECKS: [title: string, program: Program, args: string[]][] = [
  ['format', 'prettier', ['--check', '--log-level=warn', '.']],
  ['types', 'tsc', ['--noEmit', '-p', '.']],
  ['lint', 'oxlint', ['.']],
  ['laws of this project', 'eslint', ['src', 'prisma/seed']],
  ['imports', 'dependency-cruiser', ['--output-type', 'err', 'src']],
];

/** Tests that need no database. Jest interprets these as regular expressions for whole paths. */
const UNIT_TESTS = ['src', 'scripts'].map(
  (folder) => `^${join(ROOT, folder).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`,
);

/**
 * `npm run check`: the checks to run before a commit. All of them run even if one fails, to report all problems at
 * once.
 */
export async function check(): Promise<number> {
  await prepareClient();
  const failed = (await Promise.all(CHECKS.map(runCheck))).filter((title) => title !== null);
  if ((await runJest(['--silent', ...UNIT_TESTS], { TEST_WITHOUT_DATABASE: 'true' })) !== 0) failed.push('unit tests');
  say(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
}

/** @returns the title if it failed. */
async function runCheck([title, program, args]: (typeof CHECKS)[number]): Promise<string | null> {
  try {
    await runProgram(program, args, { quiet: true });
    say(`✓ ${title}`);
    return null;
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    say(`✗ ${title}`);
    return title;
  }
}
