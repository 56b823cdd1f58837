import type { SqlQueryable } from '@prisma/driver-adapter-utils';
import type { TenantScope } from '../../tenancy/tenant-context.js';
import type { WireQueryConfig, WireResult } from './wire-connection.js';

/** Tells the tenant of the calling context. Read synchronously, before anything is awaited; throws to refuse. */
export type TenantSource = () => TenantScope | undefined;

/**
 * Prisma's own pg adapter with the wire in our hands: it maps arguments, types and errors, we run the query.
 * Rests on its field `client`; the adapter's tests fail should that change.
 */
export type QueryRunner = (run: (config: WireQueryConfig) => Promise<WireResult>) => SqlQueryable;
