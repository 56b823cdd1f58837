import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './project.ts';

/** Command-line programs of the installed packages, run by this very Node. */
const PROGRAMS = {
  prisma: 'prisma/build/index.js',
  swc: '@swc/cli/bin/swc.js',
  jest: 'jest/bin/jest.js',
  eslint: 'eslint/bin/eslint.js',
  prettier: 'prettier/bin/prettier.cjs',
  tsc: 'ts7/bin/tsc',
  'dependency-cruiser': 'dependency-cruiser/bin/dependency-cruise.mjs',
} as const;

export type Program = keyof typeof PROGRAMS;

export interface ProgramOptions {
  environment?: Record<string, string | undefined>;
  /** `true`: shown only when the program fails. */
  quiet?: boolean;
}

/** A program ended with an exit code other than 0; it has said why itself. */
export class ProgramError extends Error {
  override name = 'ProgramError';
  readonly exitCode: number;
  constructor(program: string, exitCode: number) {
    super(`${program} failed (exit code ${exitCode}).`);
    this.exitCode = exitCode;
  }
}

/** The command line of `program`, for `spawn`. */
export function commandOf(program: Program, args: string[]): [string, string[]] {
  return [process.execPath, [join(ROOT, 'node_modules', PROGRAMS[program]), ...args]];
}

/** The environment that children get: ours, changed, and with this Node first on the path. */
export function childEnvironment(changes: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const path = `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`;
  return { ...process.env, PATH: path, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', ...changes };
}

/**
 * Runs a short step to its end.
 * @throws ProgramError
 */
export async function runProgram(program: Program, args: string[], options: ProgramOptions = {}): Promise<void> {
  const [command, commandArgs] = commandOf(program, args);
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(command, commandArgs, {
      cwd: ROOT,
      env: childEnvironment(options.environment),
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const output: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      if (exitCode !== 0) process.stderr.write(Buffer.concat(output));
      resolve(exitCode ?? (signal ? 1 : 0));
    });
  });
  if (code !== 0) throw new ProgramError(program, code);
}
