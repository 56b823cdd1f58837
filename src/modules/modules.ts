import type { Type } from '@nestjs/common';
import type { Manifest } from '../common/manifest/manifest.js';

interface FeatureModule {
  /** Its folder beside this file. */
  name: string;
  /** A file that exports one Nest module, behind which all others of the folder are hidden. */
  load: () => Promise<Record<string, Type>>;
  /** What it declares, as data: also read by commands that have no build, so the name of the file ends with ".ts". */
  manifest: () => Promise<{ manifest: Manifest }>;
}

/**
 * The feature modules, from left to right: each may import what stands before it. The program, the laws of imports and the tests read
 * this list; a new module takes its line here.
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

/** The Nest modules of all feature modules, in the order of the list. */
export async function loadModules(): Promise<Type[]> {
  return Promise.all(MODULES.map(async ({ load }) => Object.values(await load())[0]!));
}
