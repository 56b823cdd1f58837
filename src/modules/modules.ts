import type { Type } from '@nestjs/common';
import type { Manifest } from '../common/manifest/manifest.js';

interface FeatureModule {
  /** Name of its folder, next to this file. */
  name: string;
  /** Loads a file that exports one Nest module, which imports all others of the folder. */
  load: () => Promise<Record<string, Type>>;
  /** Loads the manifest. Commands that run without a build read it as well, so the file name ends with ".ts". */
  manifest: () => Promise<{ manifest: Manifest }>;
}

/**
 * The feature modules, from left to right: each may import those before it. The application, dependency-cruiser and the
 * tests read this list; a new module adds its line here.
 */
// A line each.
// prettier-ignore
export const MODULES: FeatureModule[] = [
  { name: 'audit', load: () => import('./audit/audit-log.module.js'), manifest: () => import('./audit/audit.manifest.ts') },
  { name: 'health', load: () => import('./health/health-report.module.js'), manifest: () => import('./health/health.manifest.ts') },
  { name: 'catalog', load: () => import('./catalog/catalog.module.js'), manifest: () => import('./catalog/catalog.manifest.ts') },
  { name: 'dbal', load: () => import('./dbal/dbal-routes.module.js'), manifest: () => import('./dbal/dbal.manifest.ts') },
  { name: 'tenants', load: () => import('./tenants/tenants.module.js'), manifest: () => import('./tenants/tenants.manifest.ts') },
  { name: 'users', load: () => import('./users/users.module.js'), manifest: () => import('./users/users.manifest.ts') },
  { name: 'scripting', load: () => import('./scripting/scripting.module.js'), manifest: () => import('./scripting/scripting.manifest.ts') },
  { name: 'workflows', load: () => import('./workflows/workflows.module.js'), manifest: () => import('./workflows/workflows.manifest.ts') },
  { name: 'workflow-runs', load: () => import('./workflow-runs/workflow-runs.module.js'), manifest: () => import('./workflow-runs/workflow-runs.manifest.ts') },
];

/** Loads the Nest modules of all feature modules, in the order of the list. */
export async function loadModules(): Promise<Type[]> {
  return Promise.all(MODULES.map(async ({ load }) => Object.values(await load())[0]!));
}
