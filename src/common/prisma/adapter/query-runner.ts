import type { SqlQueryable } from '@prisma/driver-adapter-utils';
import type { TenantScope } from '../../tenancy/tenant-context.js';
import type { WireQueryConfig, WireResult } from './wire-connection.js';

/**
 * Returns the tenant of the calling context. Called synchronously, before anything is awaited; throws to refuse the
 * query.
 */
export type TenantSource = () => TenantScope | undefined;

/**
 * Prisma's pg adapter with a replaced transport: Prisma maps arguments, types and errors, this code runs the query.
 * Depends on the adapter's private field `client`; the adapter's tests fail if it changes.
 */
export type QueryRunner = (run: (config: WireQueryConfig) => Promise<WireResult>) => SqlQueryable;
