import { levelOf, type Role } from './roles.js';

/** Who holds a permission: the weakest role that does, or platform admins alone. */
export type PermissionHolder = Role | 'platform';

interface PermissionRule {
  readonly holder: PermissionHolder;
  /** Whether a platform admin inside a tenant holds it as well. */
  readonly platformInTenant: boolean;
}

const rules = new Map<string, PermissionRule>();

/**
 * Declares a module's permissions, once, next to its controller: `definePermissions({ 'label:read': 'viewer' })`.
 * Names in `notForPlatform` stay with the tenant's own people (credentials, power transfers).
 * @throws Error when a name is already taken.
 */
export function definePermissions(
  holders: Record<string, PermissionHolder>,
  notForPlatform: readonly string[] = [],
): void {
  for (const [name, holder] of Object.entries(holders)) {
    if (rules.has(name)) throw new Error(`Permission ${name} is declared twice.`);
    rules.set(name, { holder, platformInTenant: !notForPlatform.includes(name) });
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
    .filter(([, rule]) => rule.holder === 'platform' || (insideTenant && rule.platformInTenant))
    .map(([name]) => name)
    .sort();
}
