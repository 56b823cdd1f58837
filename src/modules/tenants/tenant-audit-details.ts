import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
import type { Tenant, TenantChanges } from './tenants.types.js';

/** Only the names of free-form objects are logged, since they may be large. */
const BY_NAME_ALONE: readonly string[] = ['settings', 'theme', 'metadata'];

/** Returns the audit log details of a change of a tenant. */
export function changeDetails(tenant: Tenant, changes: TenantChanges, fields: readonly string[]): JsonObject {
  const told = fields.filter((field) => !BY_NAME_ALONE.includes(field));
  const pick = (source: object): JsonObject =>
    Object.fromEntries(told.map((field) => [field, (source as Record<string, JsonValue>)[field] ?? null]));
  return { fields: [...fields], before: pick(tenant), after: pick(changes) };
}
