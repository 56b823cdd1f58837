import { levelOf, type Role } from './roles.js';

/** The lowest role that has a permission, or `platform` if only platform admins have it. */
export type PermissionHolder = Role | 'platform';

interface PermissionRule {
  /** A description for people. */
  readonly description: string;
  readonly holder: PermissionHolder;
  /** True if only a user signed in to the tenant can have it: never an API key or a platform admin. */
  readonly personal: boolean;
}

const rules = new Map<string, PermissionRule>();
const sets = new Map<string, ReadonlySet<string>>();

/**
 * Holder and description of a permission; `personal` as in `PermissionRule`. The description defaults to its name in
 * words.
 */
export type PermissionDeclaration = PermissionHolder | readonly [PermissionHolder, description: string, 'personal'?];

/** Registers the permissions that the manifests declare. Called once, when the process starts. */
export function definePermissions(declarations: Readonly<Record<string, PermissionDeclaration>>): void {
  sets.clear();
  for (const [name, declared] of Object.entries(declarations)) {
    const [holder, description = wordsOf(name), personal] = typeof declared === 'string' ? [declared] : declared;
    rules.set(name, { holder, description, personal: personal === 'personal' });
  }
}

/** A permission as the API shows it. */
export interface PermissionDescription {
  name: string;
  description: string;
  /** The lowest role that has it; null if only platform admins have it, outside any tenant. */
  leastRole: Role | null;
  personal: boolean;
}

/** Returns all permissions, sorted by name; those of the platform only on request. */
export function describePermissions(withPlatform: boolean): PermissionDescription[] {
  return [...rules]
    .map(([name, { holder, ...rule }]) => ({ name, ...rule, leastRole: holder === 'platform' ? null : holder }))
    .filter(({ leastRole }) => withPlatform || leastRole !== null)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Converts `lua_script:read` to "Read lua script". */
function wordsOf(name: string): string {
  const words = name.split(':').reverse().join(' ').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function isPermission(name: string): boolean {
  return rules.has(name);
}

/** Message about an undeclared permission, including the line to add. */
export function undeclared(permission: string): string {
  return (
    `requires the permission ${permission}, which no manifest declares. Add to permissions in ` +
    `src/modules/<module>/<module>.manifest.ts: '${permission}': ['viewer', '<what it allows>'],`
  );
}

/** True for permissions of platform admins on routes outside any tenant. */
export function isPlatformPermission(name: string): boolean {
  return rules.get(name)?.holder === 'platform';
}

/** Returns all permissions of a role inside its tenant, sorted. */
export function permissionsOfRole(role: Role): string[] {
  return [...rules]
    .filter(([, rule]) => rule.holder !== 'platform' && levelOf(rule.holder) <= levelOf(role))
    .map(([name]) => name)
    .sort();
}

/**
 * Returns all permissions of a platform admin: the platform's own and, inside a tenant, those of its owner that are not
 * personal.
 */
export function permissionsOfPlatform(insideTenant: boolean): string[] {
  return [...rules]
    .filter(([, rule]) => rule.holder === 'platform' || (insideTenant && !rule.personal))
    .map(([name]) => name)
    .sort();
}

/** Returns the permissions that an API key of a user with that role can have, sorted. */
export function permissionsForKeysOf(role: Role): string[] {
  return permissionsOfRole(role).filter((name) => !rules.get(name)?.personal);
}

/** Like `permissionsOfRole`, as a cached set. */
export function permissionSetOfRole(role: Role): ReadonlySet<string> {
  return setOnce(role, () => permissionsOfRole(role));
}

/** Like `permissionsForKeysOf`, as a cached set. */
export function permissionSetForKeysOf(role: Role): ReadonlySet<string> {
  return setOnce(`keys of ${role}`, () => permissionsForKeysOf(role));
}

/** Like `permissionsOfPlatform`, as a cached set. */
export function permissionSetOfPlatform(insideTenant: boolean): ReadonlySet<string> {
  return setOnce(insideTenant ? 'platform in a tenant' : 'platform', () => permissionsOfPlatform(insideTenant));
}

function setOnce(key: string, names: () => string[]): ReadonlySet<string> {
  const known = sets.get(key) ?? new Set(names());
  sets.set(key, known);
  return known;
}
