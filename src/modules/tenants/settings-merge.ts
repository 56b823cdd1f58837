import type { JsonObject } from '../../common/json/json-object.js';
import { isTooLarge } from '../../common/json/json-object.js';
import { mergePatch } from '../../common/json/merge-patch.js';
import { settingsTooLarge } from './tenants.errors.js';
import type { Tenant } from './tenants.types.js';

const MERGED = ['settings', 'theme', 'metadata'] as const;

type Merged = (typeof MERGED)[number];

/**
 * Merges changes of the free-form objects into the stored ones; `null` empties an object. Absent objects stay absent.
 */
export function mergeFreeObjects(
  current: Pick<Tenant, Merged>,
  changes: Partial<Record<Merged, JsonObject | null>>,
): Partial<Pick<Tenant, Merged>> {
  const merged: Partial<Pick<Tenant, Merged>> = {};
  for (const field of MERGED) {
    const patch = changes[field];
    if (patch === undefined) continue;
    merged[field] = patch === null ? {} : mergePatch(current[field], patch);
    if (isTooLarge(merged[field])) throw settingsTooLarge(field);
  }
  return merged;
}

/** Merges changes into the stored quota. */
export function mergeQuota(
  current: Tenant['quota'],
  changes: Record<string, number | null> | null | undefined,
): Tenant['quota'] | undefined {
  if (changes === undefined) return undefined;
  return changes === null ? {} : (mergePatch(current, changes) as Tenant['quota']);
}
