/** Roles inside a tenant, weakest first. A role may do everything that the ones before it may. */
export const ROLES = ['viewer', 'member', 'manager', 'admin', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** 1 (viewer) to 5 (owner). Derived, never stored. */
export function levelOf(role: Role): number {
  return ROLES.indexOf(role) + 1;
}

/** The weaker one of two. */
export function lesserOf(one: Role, other: Role): Role {
  return levelOf(one) <= levelOf(other) ? one : other;
}

export function isRole(value: unknown): value is Role {
  return ROLES.includes(value as Role);
}
