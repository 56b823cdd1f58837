import { Config } from '../../src/common/config/config.js';
import type { TestDatabase } from './test-database.js';

/** 32 bytes that protect nothing. */
const TEST_KEY = Buffer.alloc(32, 7).toString('base64');

/** A valid configuration for a test: silent, on free ports, without limits, few connections. */
export function testConfig(
  database: Pick<TestDatabase, 'appUrl' | 'platformUrl' | 'workerUrl'>,
  overrides: Partial<Config> = {},
): Config {
  return Object.assign(new Config(), {
    NODE_ENV: 'test',
    APP_ROLE: 'api',
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: 0,
    METRICS_PORT: 0,
    RATE_LIMIT_USER_PER_MINUTE: 0,
    RATE_LIMIT_TENANT_PER_MINUTE: 0,
    DRAIN_DELAY_MS: 0,
    DATABASE_URL: database.appUrl,
    DATABASE_PLATFORM_URL: database.platformUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    DATABASE_POOL_MIN: 0,
    DATABASE_POOL_MAX: 5,
    TOKEN_SIGNING_KEYS: `test:${TEST_KEY}`,
    DATA_ENCRYPTION_KEYS: `test:${TEST_KEY}`,
    ...overrides,
  } satisfies Partial<Config>);
}
