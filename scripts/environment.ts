import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { OperatorError } from './db/connect.ts';
import { distance } from 'fastest-levenshtein';
import { say } from './progress.mjs';
import { ROOT } from './project.ts';

/** Maximum edit distance at which a similar name is suggested. */
const MOST_MISTAKES = 3;

/** Returns the variables in `.env`, without setting them in this process. */
export function readDotEnv(): NodeJS.Dict<string> {
  const file = join(ROOT, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/**
 * Adds `.env` to the environment; variables that are already set take precedence. Warns of unknown names, most of which
 * are misspelt.
 */
export function loadDotEnv(): void {
  const variables = Object.entries(readDotEnv());
  if (variables.length === 0) return; // in an image there is neither .env nor its example
  const names = variables.map(([name]) => name);
  for (const warning of unknownVariables(names, knownVariables())) say(warning);
  for (const [name, value] of variables) process.env[name] ??= value;
}

/**
 * Returns a message for each name that is not in `known` (with or without `_FILE`), with the most similar known one.
 */
export function unknownVariables(names: string[], known: string[]): string[] {
  const all = known.flatMap((name) => [name, `${name}_FILE`]);
  return names
    .filter((name) => !all.includes(name))
    .map((name) => {
      const closest = all.reduce((best, next) => (distance(name, next) < distance(name, best) ? next : best));
      const isClose = distance(name, closest) <= MOST_MISTAKES;
      return `Nothing reads ${name}, which .env sets.${isClose ? ` Did you mean ${closest}?` : ''}`;
    });
}

/** Every variable is in `.env.example`, which a test verifies. */
function knownVariables(): string[] {
  const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
  return [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name!);
}

/**
 * Returns a variable, or the contents of the file that `<name>_FILE` names; empty counts as not set.
 * @throws OperatorError if that file cannot be read.
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
