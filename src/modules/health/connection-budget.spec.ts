import { Config } from '../../common/config/config.js';
import { connectionsOf, judgeConnections } from './connection-budget.js';

const configWith = (settings: Partial<Config>): Config =>
  Object.assign(new Config(), {
    DATABASE_URL: 'postgresql://a@db:5432/t',
    DATABASE_POOL_MAX: 10,
    DATABASE_PLATFORM_POOL_MAX: 3,
    WORKER_CONCURRENCY: 4,
    ...settings,
  });

describe('connectionsOf', () => {
  it('counts pools, listener and job runner', () => {
    expect(connectionsOf(configWith({ APP_ROLE: 'api' }))).toBe(14);
    expect(connectionsOf(configWith({ APP_ROLE: 'all' }))).toBe(20);
  });

  it('does not count pools that go to a pooler', () => {
    const pooled = { DATABASE_URL: 'postgresql://a@bouncer:6432/t', DATABASE_LISTEN_URL: 'postgresql://a@db:5432/t' };
    expect(connectionsOf(configWith({ ...pooled, APP_ROLE: 'api' }))).toBe(1);
    expect(connectionsOf(configWith({ DATABASE_LISTEN_URL: 'postgresql://a@db:5432/t', APP_ROLE: 'api' }))).toBe(14);
  });
});

describe('judgeConnections', () => {
  it('is content while there is room', () => {
    expect(judgeConnections(20, { used: 77, available: 97 }).level).toBe('ok');
  });

  it('warns when the others leave too little', () => {
    const { level, text } = judgeConnections(20, { used: 78, available: 97 });
    expect(level).toBe('warn');
    expect(text).toMatch(/may open 20 .* 78 are open .* allows 97/);
  });

  it('refuses when one process is too many', () => {
    expect(judgeConnections(98, { used: 0, available: 97 }).level).toBe('refuse');
  });
});
