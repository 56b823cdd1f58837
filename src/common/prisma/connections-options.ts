import type { Config } from '../config/config.js';
import type { ConnectionsOptions } from './adapter/connections.js';

/**
 * The server cancels a statement first (its role's `statement_timeout`), so this only takes effect if the server is
 * unreachable.
 */
const GIVE_UP_LATER_MS = 5000;

function shared(config: Config): Pick<ConnectionsOptions, 'poolTimeoutMs' | 'queryTimeoutMs' | 'namedStatements'> {
  return {
    poolTimeoutMs: config.DATABASE_POOL_TIMEOUT_MS,
    queryTimeoutMs: config.DATABASE_QUERY_TIMEOUT_MS + GIVE_UP_LATER_MS,
    namedStatements: config.DATABASE_NAMED_STATEMENTS,
  };
}

export function appConnectionsOptions(config: Config): ConnectionsOptions {
  return {
    ...shared(config),
    url: config.DATABASE_URL,
    role: 'app',
    min: config.DATABASE_POOL_MIN,
    max: config.DATABASE_POOL_MAX,
    maxPerTenant: config.DATABASE_POOL_MAX_PER_TENANT ?? Math.ceil(config.DATABASE_POOL_MAX * 0.6),
  };
}

export function platformConnectionsOptions(config: Config): ConnectionsOptions {
  return {
    ...shared(config),
    url: config.DATABASE_PLATFORM_URL,
    role: 'platform',
    min: 0,
    max: config.DATABASE_PLATFORM_POOL_MAX,
    maxPerTenant: config.DATABASE_PLATFORM_POOL_MAX,
  };
}
