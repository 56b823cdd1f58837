/** The four database roles; docs/architecture.md explains their purposes. */
export const ROLES = ['tenantry_owner', 'tenantry_app', 'tenantry_platform', 'tenantry_worker'] as const;
export type RoleName = (typeof ROLES)[number];

/** `DATABASE_*` variables and the role that each connects as. */
export const URL_ROLES = {
  DATABASE_URL: 'tenantry_app',
  DATABASE_OWNER_URL: 'tenantry_owner',
  DATABASE_PLATFORM_URL: 'tenantry_platform',
  DATABASE_WORKER_URL: 'tenantry_worker',
  DATABASE_LISTEN_URL: 'tenantry_app',
} as const satisfies Record<string, RoleName>;

export type UrlName = keyof typeof URL_ROLES;
