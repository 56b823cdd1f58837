import { levelOf, type Role } from './roles.js';

/** Who holds a permission: the weakest role that does, or platform admins alone. */
export type PermissionHolder = Role | 'platform';

interface PermissionRule {
  readonly holder: PermissionHolder;
  /** Held only by somebody who signed in as a user of the tenant: never by an API key or a platform admin. */
  readonly personal: boolean;
}

const rules = new Map<string, PermissionRule>();
const sets = new Map<string, ReadonlySet<string>>();

/**
 * Declares a module's permissions, once, next to its controller: `definePermissions({ 'label:read': 'viewer' })`.
 * Names in `personal` stay with people who signed in to the tenant themselves (credentials, power transfers):
 * neither platform admins nor API keys ever hold them.
 * @throws Error when a name is already taken.
 */
export function definePermissions(holders: Record<string, PermissionHolder>, personal: readonly string[] = []): void {
  sets.clear();
  for (const [name, holder] of Object.entries(holders)) {
    if (rules.has(name)) throw new Error(`Permission ${name} is declared twice.`);
    rules.set(name, { holder, personal: personal.includes(name) });
  }
}

export function isPermission(name: string): boolean {
  return rules.has(name);
}

/** Permissions of platform admins on routes outside any tenant. */
export function isPlatformPermission(name: string): boolean {
  return rules.get(name)?.holder === 'platform';
}

/** All permissions a role holds inside its tenant, sorted. */
export function permissionsOfRole(role: Role): string[] {
  return [...rules]
    .filter(([, rule]) => rule.holder !== 'platform' && levelOf(rule.holder) <= levelOf(role))
    .map(([name]) => name)
    .sort();
}

/** All permissions a platform admin holds: the platform's own, and inside a tenant the owner's that are not withheld. */
export function permissionsOfPlatform(insideTenant: boolean): string[] {
  return [...rules]
    .filter(([, rule]) => rule.holder === 'platform' || (insideTenant && !rule.personal))
    .map(([name]) => name)
    .sort();
}

/** What an API key of somebody with that role can be given, sorted. */
export function permissionsForKeysOf(role: Role): string[] {
  return permissionsOfRole(role).filter((name) => !rules.get(name)?.personal);
}

/** `permissionsOfRole` as a set that is made once. */
export function permissionSetOfRole(role: Role): ReadonlySet<string> {
  return setOnce(role, () => permissionsOfRole(role));
}

/** `permissionsForKeysOf` as a set that is made once. */
export function permissionSetForKeysOf(role: Role): ReadonlySet<string> {
  return setOnce(`keys of ${role}`, () => permissionsForKeysOf(role));
}

/** `permissionsOfPlatform` as a set that is made once. */
export function permissionSetOfPlatform(insideTenant: boolean): ReadonlySet<string> {
  return setOnce(insideTenant ? 'platform in a tenant' : 'platform', () => permissionsOfPlatform(insideTenant));
}

function setOnce(key: string, names: () => string[]): ReadonlySet<string> {
  const known = sets.get(key) ?? new Set(names());
  sets.set(key, known);
  return known;
}
