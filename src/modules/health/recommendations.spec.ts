import { type HealthFigures, recommendationsFor } from './recommendations.js';

const WELL: HealthFigures = {
  connected: true,
  takesWrites: true,
  migrations: { ok: true, detail: '2 migrations applied' },
  queries: { total: 10_000, slow: 0, averageMs: 2 },
  pools: [
    { role: 'app', inUse: 10, waiting: 0, max: 10 },
    { role: 'platform', inUse: 0, waiting: 0, max: 3 },
  ],
  server: { used: 20, available: 97 },
  eventLoopP99Ms: 3,
};

describe('recommendationsFor', () => {
  it('has nothing to say when all is well, even with a pool fully in use', () => {
    expect(recommendationsFor(WELL)).toEqual([]);
  });

  it.each<[string, Partial<HealthFigures>, RegExp]>([
    ['a server that is read-only', { takesWrites: false }, /is read-only/],
    ['migrations that are missing', { migrations: { ok: false, detail: 'Migrations are missing: x' } }, /missing: x/],
    [
      'callers that wait for a connection',
      { pools: [{ role: 'app', inUse: 10, waiting: 4, max: 10 }] },
      /^4 callers wait for one of the 10 connections of the app pool/,
    ],
    ['a server that is nearly full', { server: { used: 90, available: 97 } }, /90 of 97 connections/],
    ['many slow queries', { queries: { total: 1000, slow: 25, averageMs: 2 } }, /^2\.5 % of the queries are slow/],
    ['slow queries in general', { queries: { total: 1000, slow: 0, averageMs: 80.4 } }, /80 ms on average/],
    ['a late event loop', { eventLoopP99Ms: 250 }, /250 ms late/],
  ])('names %s', (_, figures, text) => {
    const advice = recommendationsFor({ ...WELL, ...figures });
    expect(advice).toHaveLength(1);
    expect(advice[0]).toMatch(text);
  });

  it('does not judge by a handful of queries', () => {
    expect(recommendationsFor({ ...WELL, queries: { total: 20, slow: 10, averageMs: 900 } })).toEqual([]);
  });

  it('names nothing but the database when that is away', () => {
    const advice = recommendationsFor({ ...WELL, connected: false, migrations: { ok: false, detail: 'x' } });
    expect(advice).toEqual([expect.stringMatching(/^The database does not respond/)]);
  });
});
