import type { INestApplicationContext } from '@nestjs/common';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';
import { type AuditFactories, auditFactories } from './factories/audit.js';
import { type TenantFactories, tenantFactories } from './factories/tenants.js';
import { type UserFactories, userFactories } from './factories/users.js';

export interface InTenant {
  /** Runs something inside the tenant, as its requests do. */
  inTenant<T>(tenant: { readonly id: string }, fn: () => Promise<T>): Promise<T>;
}

export interface Factories extends InTenant, TenantFactories, UserFactories, AuditFactories {}

/**
 * Makes what the tests of every module need: tenants and those who act in them, under names that no other test has. Everything is written
 * as the application's own roles. What the tests of one module need is in a file beside those in `factories/`, and imported from there.
 */
export function factories(app: INestApplicationContext): Factories {
  const tenants = app.get(TenantContext);
  const inTenant: InTenant['inTenant'] = ({ id }, fn) => tenants.run({ tenantId: id, source: 'system' }, fn);
  const users = userFactories(app, inTenant);
  return { inTenant, ...users, ...tenantFactories(app, users), ...auditFactories(app, inTenant) };
}
