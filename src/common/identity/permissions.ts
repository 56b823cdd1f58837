import { levelOf, type Role } from './roles.js';

/** Who holds a permission: the weakest role that does, or platform admins alone. */
export type PermissionHolder = Role | 'platform';

interface PermissionRule {
  /** What it allows, for people. */
  readonly description: string;
  readonly holder: PermissionHolder;
  /** Held only by somebody who signed in as a user of the tenant: never by an API key or a platform admin. */
  readonly personal: boolean;
}

const rules = new Map<string, PermissionRule>();
const sets = new Map<string, ReadonlySet<string>>();

/** Who holds it and what it allows; `personal` as in `PermissionRule`. Without words it is described by its name. */
export type PermissionDeclaration = PermissionHolder | readonly [PermissionHolder, description: string, 'personal'?];

/** Makes permissions known to the process, which is done once, at its start, with what the manifests declare. */
export function definePermissions(declarations: Readonly<Record<string, PermissionDeclaration>>): void {
  sets.clear();
  for (const [name, declared] of Object.entries(declarations)) {
    const [holder, description = wordsOf(name), personal] = typeof declared === 'string' ? [declared] : declared;
    rules.set(name, { holder, description, personal: personal === 'personal' });
  }
}

/** A permission as people are shown it. */
export interface PermissionDescription {
  name: string;
  description: string;
  /** The weakest role that holds it; null for what platform admins alone hold, outside any tenant. */
  leastRole: Role | null;
  personal: boolean;
}

/** All permissions, by name; those of the platform only if asked for. */
export function describePermissions(withPlatform: boolean): PermissionDescription[] {
  return [...rules]
    .map(([name, { holder, ...rule }]) => ({ name, ...rule, leastRole: holder === 'platform' ? null : holder }))
    .filter(({ leastRole }) => withPlatform || leastRole !== null)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** `lua_script:read` in words: Read lua script. */
function wordsOf(name: string): string {
  const words = name.split(':').reverse().join(' ').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function isPermission(name: string): boolean {
  return rules.has(name);
}

/** For messages: what is wrong with a permission that is not declared, and what to add. */
export function undeclared(permission: string): string {
  return (
    `requires the permission ${permission}, which no manifest declares. Add to permissions in ` +
    `src/modules/<module>/<module>.manifest.ts: '${permission}': ['viewer', '<what it allows>'],`
  );
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

/** The permissions that an API key of a user with that role can have, sorted. */
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
