import type { JsonObject, JsonValue } from './json-object.js';

/**
 * Applies a JSON Merge Patch (RFC 7396): `null` removes, objects merge, everything else replaces. Changes neither
 * argument. Both must have passed `problemOfJson`, which limits the recursion.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (isObject(value)) {
      const before = merged.get(key);
      merged.set(key, mergePatch(isObject(before) ? before : {}, value));
    } else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
