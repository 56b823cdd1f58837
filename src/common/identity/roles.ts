/** Roles inside a tenant, lowest first. Each role includes the permissions of the ones before it. */
export const ROLES = ['viewer', 'member', 'manager', 'admin', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Returns 1 (viewer) to 5 (owner). Derived, never stored. */
export function levelOf(role: Role): number {
  return ROLES.indexOf(role) + 1;
}

export function lesserOf(one: Role, other: Role): Role {
  return levelOf(one) <= levelOf(other) ? one : other;
}

export function isRole(value: unknown): value is Role {
  return ROLES.includes(value as Role);
}
