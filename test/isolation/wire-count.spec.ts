import { randomUUID } from 'node:crypto';
import { testDatabase } from '../support/test-database.js';
import { createTenancyHarness, type TenancyHarness, type TestTenant } from './tenancy-harness.js';
import { type WireCount, wireCountingProxy, type WireCountingProxy } from './wire-counting-proxy.js';

/*
 * What isolation costs on the wire, counted and not timed. Each case runs once before it is counted: the first run also
 * sends the statement's text, which later ones know by its name.
 */

let proxy: WireCountingProxy;
let harness: TenancyHarness;
let a: TestTenant;

beforeAll(async () => {
  const database = await testDatabase();
  proxy = await wireCountingProxy(database.appUrl);
  harness = await createTenancyHarness({ DATABASE_URL: proxy.url, DATABASE_POOL_MAX: 1 });
  a = harness.a;
});
afterAll(async () => {
  await harness.close();
  await proxy.close();
});

const counted = async (fn: () => Promise<unknown>): Promise<WireCount> => {
  await harness.as(a, fn);
  return proxy.count(() => harness.as(a, fn));
};

/** One submission: the tenant is entered and the query runs under the same Sync. */
const ONE_QUERY = { roundTrips: 1, syncs: 1, simple: 0, parses: 0, executes: 2 };

type Run = (prisma: TenancyHarness['prisma']) => Promise<unknown>;
const person = (): { username: string; email: string } => {
  const username = `w${randomUUID().slice(0, 8)}`;
  return { username, email: `${username}@example.test` };
};
const byKey = (): object => ({ tenantId_id: { tenantId: a.id, id: a.userId } });

const AUTOCOMMIT: [string, Run][] = [
  ['findMany', (prisma) => prisma.user.findMany()],
  ['findFirst', (prisma) => prisma.user.findFirst({ where: { id: a.userId } })],
  ['findFirstOrThrow', (prisma) => prisma.user.findFirstOrThrow({ where: { id: a.userId } })],
  ['findUnique', (prisma) => prisma.user.findUnique({ where: byKey() as never })],
  ['findUniqueOrThrow', (prisma) => prisma.user.findUniqueOrThrow({ where: byKey() as never })],
  ['count', (prisma) => prisma.user.count()],
  ['aggregate', (prisma) => prisma.user.aggregate({ _max: { loginCount: true } })],
  ['groupBy', (prisma) => prisma.user.groupBy({ by: ['role'], _count: { _all: true } })],
  ['create', (prisma) => prisma.user.create({ data: person() })],
  ['createMany', (prisma) => prisma.user.createMany({ data: [person(), person()] })],
  ['createManyAndReturn', (prisma) => prisma.user.createManyAndReturn({ data: [person(), person()] })],
  ['update', (prisma) => prisma.user.update({ where: byKey() as never, data: { bio: 'x' } })],
  ['updateMany', (prisma) => prisma.user.updateMany({ data: { bio: 'x' } })],
  ['updateManyAndReturn', (prisma) => prisma.user.updateManyAndReturn({ where: { id: a.userId }, data: { bio: 'x' } })],
  [
    'upsert',
    (prisma) =>
      prisma.user.upsert({
        where: byKey() as never,
        create: { ...person(), tenantId: a.id, id: a.userId },
        update: { bio: 'x' },
      }),
  ],
  [
    'delete',
    (prisma) => {
      const id = randomUUID();
      const where = { tenantId_id: { tenantId: a.id, id } };
      return prisma.user.delete({ where }).catch((error: { code?: string }) => expect(error.code).toBe('P2025'));
    },
  ],
  ['deleteMany', (prisma) => prisma.user.deleteMany({ where: { role: 'viewer' } })],
  ['$queryRaw', (prisma) => prisma.$queryRaw`SELECT id FROM users WHERE id = ${a.userId}::uuid`],
  ['$executeRaw', (prisma) => prisma.$executeRaw`UPDATE users SET bio = 'x' WHERE id = ${a.userId}::uuid`],
];

describe('a query outside of transactions', () => {
  it.each(AUTOCOMMIT)('%s is one round trip with one Sync', async (_, run) => {
    expect(await counted(() => run(harness.prisma))).toEqual(ONE_QUERY);
  });

  it('is one round trip also when it fails, with nothing to roll back', async () => {
    const duplicate = (): Promise<unknown> =>
      harness.prisma.user
        .create({ data: { username: 'owner', email: 'x@example.test' } })
        .catch((error: { code?: string }) => expect(error.code).toBe('P2002'));
    expect(await counted(duplicate)).toEqual(ONE_QUERY);
  });

  it('sends its text the first time only', async () => {
    const { prisma, as } = harness;
    const fresh = `f${randomUUID().replaceAll('-', '')}`;
    const run = (): Promise<unknown> => as(a, () => prisma.$queryRawUnsafe(`SELECT 1 AS ${fresh}`));
    expect(await proxy.count(run)).toEqual({ ...ONE_QUERY, parses: 1 });
    expect(await proxy.count(run)).toEqual(ONE_QUERY);
  });

  it('costs the same without a pooler’s prepared statements, but for the texts', async () => {
    const unnamed = await createTenancyHarness({
      DATABASE_URL: proxy.url,
      DATABASE_POOL_MAX: 1,
      DATABASE_NAMED_STATEMENTS: false,
    });
    const run = (): Promise<unknown> => unnamed.as(a, () => unnamed.prisma.user.findMany());
    await run();
    expect(await proxy.count(run)).toEqual({ ...ONE_QUERY, parses: 2 });
    await unnamed.close();
  });

  it('is one submission for all rows that a tenant looks up in the same tick', async () => {
    const { prisma } = harness;
    const find = (id: string): Promise<unknown> =>
      prisma.user.findUnique({ where: { tenantId_id: { tenantId: a.id, id } } });
    const ids = Array.from({ length: 5 }, () => randomUUID());
    expect(await counted(() => Promise.all(ids.map(find)))).toEqual(ONE_QUERY);
  });

  it('shares its submission with another read of the same moment, such as a page with its total', async () => {
    const { prisma } = harness;
    const page = (): Promise<unknown> => Promise.all([prisma.user.findMany(), prisma.user.count()]);
    expect(await counted(page)).toEqual({ ...ONE_QUERY, executes: 3 });
  });

  it('shares nothing with a write', async () => {
    const { prisma } = harness;
    const both = (): Promise<unknown> =>
      Promise.all([prisma.user.findMany(), prisma.user.updateMany({ data: { bio: 'x' } })]);
    expect(await counted(both)).toMatchObject({ syncs: 2, executes: 4 });
  });

  it('is asked alone when the one it shared with failed', async () => {
    const { prisma } = harness;
    const [failed, count] = await harness.as(a, () =>
      Promise.allSettled([prisma.$queryRaw`SELECT 1 / (random() < 0)::int`, prisma.user.count()]),
    );
    expect(failed.status).toBe('rejected');
    expect(count).toEqual({ status: 'fulfilled', value: await harness.as(a, () => prisma.user.count()) });
  });

  it('is one submission each for many at a time', async () => {
    const { prisma, as, b } = harness;
    const many = (): Promise<unknown> =>
      Promise.all(Array.from({ length: 20 }, (_, index) => as(index % 2 ? a : b, () => prisma.user.count())));
    await many();
    expect(await proxy.count(many)).toMatchObject({ syncs: 20, executes: 40, simple: 0, parses: 0 });
  });
});

/** BEGIN, which enters the tenant as well, n queries, COMMIT. */
const transactionOf = (queries: number, { savepoints = 0 } = {}): WireCount => ({
  roundTrips: queries + 2 + savepoints,
  syncs: queries,
  simple: 2 + savepoints,
  parses: 0,
  executes: queries,
});

const repeat = async (times: number, fn: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < times; time += 1) await fn();
};

describe('a transaction of n queries', () => {
  const paths: [string, (queries: number) => Promise<unknown>][] = [
    ['interactive', (queries) => harness.prisma.$transaction((tx) => repeat(queries, () => tx.user.findMany()))],
    [
      'with an isolation level',
      (queries) =>
        harness.prisma.$transaction((tx) => repeat(queries, () => tx.user.count()), {
          isolationLevel: 'RepeatableRead',
        }),
    ],
    ['DBAL', (queries) => harness.dbal.transaction(() => repeat(queries, () => harness.prisma.user.findMany()))],
    [
      'DBAL that is joined by another',
      (queries) =>
        harness.dbal.transaction(() =>
          harness.dbal.transaction(() => repeat(queries, () => harness.prisma.user.findMany())),
        ),
    ],
  ];

  it.each(paths)('takes n + 2 round trips: %s', async (_, run) => {
    for (const queries of [1, 2, 5]) expect(await counted(() => run(queries))).toEqual(transactionOf(queries));
  });

  it('takes n + 2 round trips as a batch, if there is more than one query in it', async () => {
    const { prisma } = harness;
    const batch = (queries: number): Promise<unknown> =>
      prisma.$transaction(Array.from({ length: queries }, () => prisma.user.findMany()));
    for (const queries of [2, 5]) expect(await counted(() => batch(queries))).toEqual(transactionOf(queries));
    expect(await counted(() => batch(1))).toEqual(ONE_QUERY);
  });

  it('takes n + 2 round trips where Prisma makes it itself', async () => {
    const row = (): object => ({ ...person(), sessions: { create: [session(), session()] } });
    const create = (): Promise<unknown> => harness.prisma.user.create({ data: row() as never, select: { id: true } });
    const { roundTrips, syncs, simple } = await counted(create);
    expect({ roundTrips, simple }).toEqual({ roundTrips: syncs + 2, simple: 2 });
    expect(syncs).toBeGreaterThan(1);
  });

  it('takes two round trips more for each savepoint', async () => {
    const { prisma } = harness;
    const nested = (): Promise<unknown> =>
      prisma.$transaction((tx) => tx.$transaction(async (inner) => inner.user.findMany()));
    expect(await counted(nested)).toEqual(transactionOf(1, { savepoints: 2 }));
  });

  it('takes n + 2 round trips also when it is rolled back', async () => {
    const { prisma, dbal } = harness;
    const failing = (): Promise<unknown> =>
      dbal
        .transaction(async () => {
          await prisma.user.findMany();
          throw new Error('no');
        })
        .catch(() => undefined);
    expect(await counted(failing)).toEqual(transactionOf(1));
  });
});

function session(): { familyId: string; tokenHash: string; expiresAt: Date } {
  return { familyId: randomUUID(), tokenHash: randomUUID(), expiresAt: new Date() };
}
