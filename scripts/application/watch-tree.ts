import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * Reports every change below a folder. Does not use `recursive: true`: on Linux that watches single files, and loses
 * those that an editor or git replaces instead of overwriting.
 * @param skips returns whether the folder with that path is ignored.
 * @returns a function that stops watching.
 */
export function watchTree(
  root: string,
  notice: (path: string) => void,
  skips: (folder: string) => boolean = () => false,
): () => void {
  const watchers = new Map<string, FSWatcher>();

  const drop = (folder: string): void => {
    for (const [path, watcher] of watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      watcher.close();
      watchers.delete(path);
    }
  };
  const add = (folder: string): void => {
    if (skips(folder)) return;
    try {
      watchers.set(folder, watchFolder(folder));
      for (const name of subfolders(folder)) add(join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // it was removed in the meantime
    }
  };
  const watchFolder = (folder: string): FSWatcher => {
    const watcher = watch(folder, (_, name) => {
      if (name === null) return;
      const path = join(folder, name);
      // A new folder with the same name may have replaced it.
      drop(path);
      if (isFolder(path)) add(path);
      notice(path);
    });
    return watcher.on('error', () => drop(folder)); // it was removed
  };

  add(root);
  return () => drop(root);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function subfolders(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
