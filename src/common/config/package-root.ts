import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns the folder of package.json, whether the program runs from its sources or from `dist/`. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('There is no package.json above this file.');
    folder = parent;
  }
  return folder;
}
