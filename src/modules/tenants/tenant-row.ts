import type { Prisma } from '../../generated/prisma/client.js';
import type { JsonObject } from '../../common/json/json-object.js';
import type { Plan, Tenant, TenantStatus } from './tenants.types.js';

/** Without the free-form objects, which lists include only if they are small. */
export const TENANT_FACTS = {
  id: true,
  slug: true,
  name: true,
  domain: true,
  schemaName: true,
  status: true,
  plan: true,
  quota: true,
  adminEmail: true,
  billingEmail: true,
  dataRegion: true,
  defaultLocale: true,
  deletionScheduledAt: true,
  deletionStartedAt: true,
  version: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.TenantSelect;

export const TENANT_COLUMNS = {
  ...TENANT_FACTS,
  settings: true,
  theme: true,
  metadata: true,
} satisfies Prisma.TenantSelect;

type TenantRow = Prisma.TenantGetPayload<{ select: typeof TENANT_COLUMNS }>;

/** The casts are safe: constraints and DTOs allow no other values in these columns. */
export function toTenant(row: TenantRow): Tenant {
  return {
    ...row,
    status: row.status as TenantStatus,
    plan: row.plan as Plan,
    settings: row.settings as JsonObject,
    theme: row.theme as JsonObject,
    metadata: row.metadata as JsonObject,
    quota: row.quota as Record<string, number>,
  };
}
