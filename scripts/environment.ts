import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { OperatorError } from './db/connect.ts';
import { ROOT } from './project.ts';

/** What `.env` says, without putting it into our own environment. */
export function readDotEnv(): NodeJS.Dict<string> {
  const file = join(ROOT, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** Adds `.env` to the environment; what is set already stays. */
export function loadDotEnv(): void {
  for (const [name, value] of Object.entries(readDotEnv())) process.env[name] ??= value;
}

/**
 * A variable, or the contents of the file that `<name>_FILE` names; empty counts as not set.
 * @throws OperatorError when that file cannot be read.
 */
export function setting(name: string): string | undefined {
  const value = process.env[name];
  if (value) return value;
  const file = process.env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    throw new OperatorError(`${name}_FILE cannot be read: ${(error as Error).message}`);
  }
}
