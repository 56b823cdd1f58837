import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Folder of everything that the scripts keep between runs. */
export const DATA_FOLDER = join(ROOT, '.data');

/**
 * Returns the SHA-256 of names and contents of all files in the given files and folders (relative to the clone).
 * Missing ones are included as such; `skip` excludes files by path.
 */
export function hashInputs(paths: string[], skip: (path: string) => boolean = () => false): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesIn(join(ROOT, path))) {
      const name = relative(ROOT, file);
      if (skip(name)) continue;
      const content = readFileSync(file);
      hash.update(`${name}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
