import { Config } from './config.js';
import { ConfigError, loadConfig } from './load-config.js';

const KEY = `k1:${'A'.repeat(43)}=`;
const REQUIRED = {
  DATABASE_URL: 'postgresql://tenantry_app:x@db:5432/tenantry',
  DATABASE_PLATFORM_URL: 'postgresql://tenantry_platform:x@db:5432/tenantry',
  DATABASE_WORKER_URL: 'postgresql://tenantry_worker:x@db:5432/tenantry',
  TOKEN_SIGNING_KEYS: KEY,
  DATA_ENCRYPTION_KEYS: KEY,
};

function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig({ ...REQUIRED, ...environment });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('needs URLs and secrets, and nothing else', () => {
    expect(loadConfig(REQUIRED)).toMatchObject({ ...REQUIRED, PORT: new Config().PORT });
  });

  it('takes an empty value for none', () => {
    expect(loadConfig({ ...REQUIRED, PORT: '', PUBLIC_URL: '' })).toMatchObject({ PORT: 3000 });
  });

  it('names everything that is missing or wrong at once, and repeats no value', () => {
    const problems = problemsOf({ DATABASE_URL: '', TOKEN_SIGNING_KEYS: 'secret', PORT: 'abc', LOG_LEVEL: 'loud' });
    expect(problems).toHaveLength(4);
    expect(problems).toContain('DATABASE_URL is missing');
    for (const name of ['TOKEN_SIGNING_KEYS', 'PORT', 'LOG_LEVEL']) {
      expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${name} must `)));
    }
    expect(problems.join()).not.toContain('secret');
  });

  it.each(['false', '0', '1', '10.0.0.1', '10.0.0.0/8, loopback', '::1', 'fd00::/8,uniquelocal'])(
    'takes %p for TRUST_PROXY',
    (TRUST_PROXY) => {
      expect(problemsOf({ TRUST_PROXY })).toEqual([]);
    },
  );

  // `true` would trust anyone: the number of proxies must be given.
  it.each(['true', 'maybe', '10.0.0.0/33', '10.0.0.1,', '1.2.3', '-1', '10.0.0.1 10.0.0.2'])(
    'refuses %p for TRUST_PROXY',
    (TRUST_PROXY) => {
      expect(problemsOf({ TRUST_PROXY })).toEqual([expect.stringMatching(/^TRUST_PROXY must be false/)]);
    },
  );

  it.each(['*', 'https://a.example, http://localhost:5173'])('takes %p for CORS_ORIGINS', (CORS_ORIGINS) => {
    expect(problemsOf({ CORS_ORIGINS })).toEqual([]);
  });

  it.each(['a.example', 'https://a.example/', 'https://a.example,b.example'])(
    'refuses %p for CORS_ORIGINS, which would never match',
    (CORS_ORIGINS) => {
      expect(problemsOf({ CORS_ORIGINS })).toEqual([
        expect.stringMatching(/^CORS_ORIGINS must be a comma-separated list of origins/),
      ]);
    },
  );

  it.each([
    ['one half of the platform admin', { PLATFORM_ADMIN_EMAIL: 'a@b.example' }, /must be set together/],
    ['one port for two servers', { PORT: '3000', METRICS_PORT: '3000' }, /must differ/],
    ['a pool that is smaller than its least', { DATABASE_POOL_MIN: '11' }, /DATABASE_POOL_MIN/],
    ['a drain longer than the shutdown', { DRAIN_DELAY_MS: '30000' }, /DRAIN_DELAY_MS/],
  ])('refuses %s', (_, environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
  });

  it('lets both ports be any free one', () => {
    expect(problemsOf({ PORT: '0', METRICS_PORT: '0' })).toEqual([]);
  });
});
