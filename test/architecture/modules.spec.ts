import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';
import { MODULES } from '../../src/modules/modules.js';

const FOLDER = join(packageRoot(), 'src/modules');

/** Folders of modules that have no line in the list, each with the line to add. */
function withoutPlace(folders: readonly string[], listed: readonly string[]): string[] {
  return folders
    .filter((folder) => !listed.includes(folder))
    .map(
      (folder) =>
        `src/modules/${folder} has no place in the order of modules, so it is not part of the program. Add to src/modules/modules.ts, ` +
        `after all that it imports from: { name: '${folder}', load: () => import('./${folder}/${folder}.module.js'), ` +
        `manifest: () => import('./${folder}/${folder}.manifest.ts') },`,
    );
}

describe('The list of modules', () => {
  it('has a line for every folder of a module', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const listed = MODULES.map(({ name }) => name);
    expect(withoutPlace(folders, listed)).toEqual([]);
    expect(listed.filter((name) => !folders.includes(name))).toEqual([]);
  });

  it('would miss a planted module, and tells the line to add', () => {
    expect(withoutPlace(['users', 'labels'], ['users'])).toEqual([
      expect.stringContaining(
        "src/modules/modules.ts, after all that it imports from: { name: 'labels', load: () => import('./labels/labels.module.js'), " +
          "manifest: () => import('./labels/labels.manifest.ts') },",
      ),
    ]);
  });
});
