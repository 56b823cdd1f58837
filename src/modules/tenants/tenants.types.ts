import type { Listed } from '../../common/dbal/large-values.types.js';
import type { JsonObject } from '../../common/json/json-object.js';

/** The statuses of a tenant. Only ACTIVE tenants are served. */
export const TENANT_STATUSES = ['PROVISIONING', 'ACTIVE', 'SUSPENDED', 'PENDING_DELETION'] as const;
export type TenantStatus = (typeof TENANT_STATUSES)[number];

export const PLANS = ['basic', 'professional', 'enterprise', 'custom'] as const;
export type Plan = (typeof PLANS)[number];

/** A row of the registry, as the platform and the tenant's own services see it. */
export interface Tenant {
  id: string;
  slug: string;
  name: string;
  domain: string | null;
  /** A label for clients of schema-per-tenant systems; no such schema exists. */
  schemaName: string;
  status: TenantStatus;
  plan: Plan;
  settings: JsonObject;
  theme: JsonObject;
  metadata: JsonObject;
  /** Overrides of the plan's limits by name, e.g. `{ users: 50 }`. */
  quota: Record<string, number>;
  adminEmail: string | null;
  billingEmail: string | null;
  dataRegion: string;
  defaultLocale: string;
  /** When the tenant will be deleted permanently; set only in PENDING_DELETION. */
  deletionScheduledAt: Date | null;
  /** When deletion of the tenant's rows began; it cannot be reversed after that. */
  deletionStartedAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export type ListedTenant = Listed<Tenant, 'settings' | 'theme' | 'metadata'>;

/** The fields of a new row; the others have defaults. */
export type NewTenant = Pick<Tenant, 'slug' | 'name' | 'schemaName'> & Partial<TenantChanges>;

/** The fields that the platform may change. Absent fields are left unchanged; objects are replaced. */
export type TenantChanges = Partial<OwnTenantChanges & Pick<Tenant, 'domain' | 'plan' | 'quota' | 'dataRegion'>>;

/** The fields that a tenant may change. Absent fields are left unchanged; objects are replaced. */
export type OwnTenantChanges = Partial<
  Pick<Tenant, 'name' | 'settings' | 'theme' | 'metadata' | 'adminEmail' | 'billingEmail' | 'defaultLocale'>
>;

/**
 * A requested change: absent fields are left unchanged, `null` clears, free-form objects and the quota are merged (RFC
 * 7396).
 */
export type OwnTenantPatch = Omit<OwnTenantChanges, 'settings' | 'theme' | 'metadata'> &
  Partial<Record<'settings' | 'theme' | 'metadata', JsonObject | null>>;
export type TenantPatch = OwnTenantPatch &
  Partial<Pick<Tenant, 'domain' | 'plan' | 'dataRegion'>> & { quota?: Record<string, number | null> | null };

/** The input for creating a tenant. Names are validated, the e-mail address is in lower case. */
export type TenantOrder = TenantPatch & Pick<Tenant, 'slug' | 'name'> & { ownerEmail: string; ownerPassword?: string };

export interface TenantFilter {
  status?: TenantStatus;
  plan?: Plan;
  /** Words, each of which must occur in the slug, the name or the domain. */
  search?: string;
}

/** Fields by which lists may be sorted. */
export const TENANT_SORTS = ['createdAt', 'updatedAt', 'name', 'slug', 'status', 'plan'] as const;

/** Current number of each resource that plans limit. */
export interface ResourceUsage {
  workflows: number;
  scripts: number;
  openRuns: number;
  apiKeys: number;
  emailsPerDay: number;
}

/** Number of users by status; all of them count towards the plan's limit. */
export interface UserUsage {
  total: number;
  active: number;
  invited: number;
  deactivated: number;
}
