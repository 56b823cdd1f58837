import type { FoundManifest } from '../../src/common/manifest/manifest.ts';
import { loadManifests } from '../../src/manifests.ts';
import { OperatorError } from './connect.ts';

/** Names of background tasks, by who may enqueue them. */
export type DeclaredTasks = Record<'tenant' | 'platform', string[]>;

/**
 * Returns the tasks that the manifests declare, without starting the application.
 * @throws OperatorError if a name is declared twice.
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
