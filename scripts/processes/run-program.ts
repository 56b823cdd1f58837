import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../project.ts';
import { stopRequested } from './stop-request.ts';

/** Command-line programs of installed packages, run by the current Node executable. */
const PROGRAMS = {
  prisma: 'prisma/build/index.js',
  swc: '@swc/cli/bin/swc.js',
  jest: 'jest/bin/jest.js',
  eslint: 'eslint/bin/eslint.js',
  oxlint: 'oxlint/bin/oxlint',
  prettier: 'prettier/bin/prettier.cjs',
  tsc: 'ts7/bin/tsc',
  'dependency-cruiser': 'dependency-cruiser/bin/dependency-cruiser.mjs',
} as const;

export type Program = keyof typeof PROGRAMS;

export interface ProgramOptions {
  environment?: Record<string, string | undefined>;
  /** If true, output is shown only if the program fails. */
  quiet?: boolean;
}

/** A program ended with a non-zero exit code; it has printed the reason itself. */
export class ProgramError extends Error {
  override name = 'ProgramError';
  readonly exitCode: number;
  constructor(program: string, exitCode: number) {
    super(`${program} failed (exit code ${exitCode}).`);
    this.exitCode = exitCode;
  }
}

/** Returns the command line of `program`, for `spawn`. */
export function commandOf(program: Program, args: string[]): [string, string[]] {
  return [process.execPath, [join(ROOT, 'node_modules', PROGRAMS[program]), ...args]];
}

/** Returns the environment of child processes: our own with changes, and with the current Node first on the path. */
export function childEnvironment(changes: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const path = `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`;
  return { ...process.env, PATH: path, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', ...changes };
}

/**
 * Runs an installed program to its end.
 * @throws ProgramError
 */
export async function runProgram(program: Program, args: string[], options: ProgramOptions = {}): Promise<void> {
  const [, nodeArgs] = commandOf(program, args);
  await runNode(program, nodeArgs, options);
}

/**
 * Runs an installed program to its end. Its other output is shown only if it fails.
 * @returns its standard output.
 * @throws ProgramError
 */
export function printedBy(
  program: Program,
  args: string[],
  options: Omit<ProgramOptions, 'quiet'> = {},
): Promise<string> {
  const [, nodeArgs] = commandOf(program, args);
  return runNode(program, nodeArgs, { ...options, quiet: true });
}

/**
 * Runs a script with the current Node to its end; `title` names it in errors.
 * @returns its standard output, if that was not shown.
 * @throws ProgramError
 */
export async function runNode(title: string, args: string[], options: ProgramOptions = {}): Promise<string> {
  stopRequested.throwIfAborted();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: childEnvironment(options.environment),
    stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  const output: Buffer[] = [];
  const printed: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    output.push(chunk);
    printed.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
  const stop = (): boolean => child.kill('SIGTERM');
  stopRequested.addEventListener('abort', stop);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve(exitCode ?? 1));
    });
    stopRequested.throwIfAborted();
    if (code === 0) return Buffer.concat(printed).toString();
    process.stderr.write(Buffer.concat(output));
    throw new ProgramError(title, code);
  } finally {
    stopRequested.removeEventListener('abort', stop);
  }
}
