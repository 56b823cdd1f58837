import type { FoundManifest } from '../../src/common/manifest/manifest.ts';
import { loadManifests } from '../../src/manifests.ts';
import { OperatorError } from './connect.ts';

/** Names of background tasks, by whom they are enqueued for. */
export type DeclaredTasks = Record<'tenant' | 'platform', string[]>;

/**
 * The tasks that the manifests declare; nothing is started for it.
 * @throws OperatorError when two of them declare the same name.
 */
export async function declaredTasks(): Promise<DeclaredTasks> {
  return tasksOf(await loadManifests());
}

export function tasksOf(manifests: readonly FoundManifest[]): DeclaredTasks {
  const tasks: DeclaredTasks = { tenant: [], platform: [] };
  const declaredBy = new Map<string, string>();
  for (const { file, manifest } of manifests) {
    for (const [name, scope] of Object.entries(manifest.tasks ?? {})) {
      const other = declaredBy.get(name);
      if (other !== undefined) throw new OperatorError(`The task ${name} is declared twice: in ${other} and ${file}.`);
      declaredBy.set(name, file);
      tasks[scope].push(name);
    }
  }
  return tasks;
}
