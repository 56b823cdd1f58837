import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { Config } from './config.js';

const KEY = `k1:${'A'.repeat(43)}=`;
const ENVIRONMENT = {
  DATABASE_URL: 'postgresql://tenantry_app:x@db:5432/tenantry',
  DATABASE_PLATFORM_URL: 'postgresql://tenantry_platform:x@db:5432/tenantry',
  DATABASE_WORKER_URL: 'postgresql://tenantry_worker:x@db:5432/tenantry',
  DATA_ENCRYPTION_KEYS: KEY,
};

describe('the configuration module', () => {
  const before = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-config-'));
  const file = join(folder, 'keys');

  beforeAll(() => {
    writeFileSync(file, `${KEY}\n`);
    for (const name of Object.keys(new Config())) delete process.env[name];
    Object.assign(process.env, ENVIRONMENT, { TOKEN_SIGNING_KEYS_FILE: file });
  });

  afterAll(() => {
    process.env = before;
    rmSync(folder, { recursive: true });
  });

  it('provides the validated class and leaves the environment of the process as it was', async () => {
    const environment = { ...process.env };
    const { ConfigModule } = await import('./config.module.js');
    const testing = await Test.createTestingModule({ imports: [ConfigModule] }).compile();
    const config = testing.get(Config, { strict: false });
    expect(config).toBeInstanceOf(Config);
    expect(config).toMatchObject({ ...ENVIRONMENT, TOKEN_SIGNING_KEYS: KEY, PORT: 3000 });
    expect(Object.isFrozen(config)).toBe(true);
    expect(testing.get(ConfigService, { strict: false }).get('TOKEN_SIGNING_KEYS_FILE')).toBeUndefined();
    expect(process.env).toEqual(environment);
    await testing.close();
  });

  it('stops the start with every problem when the environment is not valid', async () => {
    const { ConfigModule } = await import('./config.module.js');
    process.env.PORT = 'abc';
    process.env.LOG_LEVEL = 'loud';
    const starting = Test.createTestingModule({ imports: [ConfigModule] }).compile();
    await expect(starting).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [expect.stringMatching(/^LOG_LEVEL /), expect.stringMatching(/^PORT /)],
    });
  });
});
