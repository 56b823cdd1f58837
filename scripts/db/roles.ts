/** The four database roles; what each is for stands in docs/architecture.md. */
export const ROLES = ['tenantry_owner', 'tenantry_app', 'tenantry_platform', 'tenantry_worker'] as const;
export type RoleName = (typeof ROLES)[number];

/** `DATABASE_*` variables and the role that each logs in as. */
export const URL_ROLES = {
  DATABASE_URL: 'tenantry_app',
  DATABASE_OWNER_URL: 'tenantry_owner',
  DATABASE_PLATFORM_URL: 'tenantry_platform',
  DATABASE_WORKER_URL: 'tenantry_worker',
  DATABASE_LISTEN_URL: 'tenantry_app',
} as const satisfies Record<string, RoleName>;

export type UrlName = keyof typeof URL_ROLES;
