import type { Type } from '@nestjs/common';

interface FeatureModule {
  /** Its folder beside this file. */
  name: string;
  /** A file that exports one Nest module, behind which all others of the folder are hidden. */
  load: () => Promise<Record<string, Type>>;
}

/**
 * The feature modules, from left to right: each may import what stands before it. The program, the laws of imports and the tests read
 * this list; a new module takes its line here.
 */
export const MODULES: FeatureModule[] = [
  { name: 'audit', load: () => import('./audit/audit-log.module.js') },
  { name: 'health', load: () => import('./health/health-report.module.js') },
  { name: 'catalog', load: () => import('./catalog/catalog.module.js') },
  { name: 'dbal', load: () => import('./dbal/dbal-routes.module.js') },
  { name: 'tenants', load: () => import('./tenants/tenants.module.js') },
  { name: 'users', load: () => import('./users/users-feature.module.js') },
  { name: 'workflows', load: () => import('./workflows/workflows-feature.module.js') },
];

/** The Nest modules of all feature modules, in the order of the list. */
export async function loadModules(): Promise<Type[]> {
  return Promise.all(MODULES.map(async ({ load }) => Object.values(await load())[0]!));
}
