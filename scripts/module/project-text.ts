import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../project.ts';

export const SCHEMA_FOLDER = join(ROOT, 'prisma', 'schema');
export const MODULES_FOLDER = join(ROOT, 'src', 'modules');
export const MODULE_LIST = join(MODULES_FOLDER, 'modules.ts');

/** The files of the Prisma schema. */
export function schemaFiles(): { path: string; text: string }[] {
  return readdirSync(SCHEMA_FOLDER)
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => join(SCHEMA_FOLDER, name))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** Returns every TypeScript file of the application except generated ones, as one text. */
export function programText(): string {
  const folder = join(ROOT, 'src');
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(folder, 'generated')))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

/** Returns the paths of a module's own files. */
export function placesOf(module: string): { folder: string; schema: string; tests: string } {
  return {
    folder: join(MODULES_FOLDER, module),
    schema: join(SCHEMA_FOLDER, `${module}.prisma`),
    tests: join(ROOT, 'test', 'e2e', module),
  };
}

export function isThere(module: string): boolean {
  return Object.values(placesOf(module)).some((path) => existsSync(path));
}
