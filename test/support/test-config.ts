import type { Config } from '../../src/common/config/config.js';
import { loadConfig } from '../../src/common/config/load-config.js';
import type { TestDatabase } from './test-database.js';

const KEY = 'test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

/** The configuration of a program under test: on a test database, quiet, on ports of the system's choice, without limits. */
export function testConfig(database: TestDatabase, overrides: Partial<Record<keyof Config, string>> = {}): Config {
  return loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    DRAIN_DELAY_MS: '0',
    RATE_LIMIT_USER_PER_MINUTE: '0',
    RATE_LIMIT_TENANT_PER_MINUTE: '0',
    DATABASE_URL: database.appUrl,
    DATABASE_PLATFORM_URL: database.platformUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    DATABASE_LISTEN_URL: database.appUrl,
    DATABASE_POOL_MIN: '0',
    TOKEN_SIGNING_KEYS: KEY,
    DATA_ENCRYPTION_KEYS: KEY,
    ...overrides,
  });
}
