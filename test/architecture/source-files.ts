import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';

const NOT_OURS = new Set(['node_modules', 'generated', 'dist', '.data']);

/** A file of the project; `path` is relative to its root, with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Files below the given folders whose names end in one of `endings`, generated ones left out. */
export function sourceFiles(folders: string[], endings: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => pathsBelow(folder))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readFileSync(join(packageRoot(), path), 'utf8') }));
}

function pathsBelow(folder: string): string[] {
  const entries = readdirSync(join(packageRoot(), folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? pathsBelow(path) : [path];
  });
}
