import type { User } from '../../src/generated/prisma/client.js';
import { TenantContextMissingError } from '../../src/common/tenancy/tenant-context.js';
import { createTenancyHarness, type TenancyHarness, type TestTenant } from './tenancy-harness.js';

let harness: TenancyHarness;
let a: TestTenant;
let b: TestTenant;

beforeAll(async () => {
  // No test here is about waiting: on a busy machine it may take long, and must change nothing.
  harness = await createTenancyHarness({ DATABASE_POOL_MAX: 3, DATABASE_POOL_TIMEOUT_MS: 60_000 });
  ({ a, b } = harness);
});
afterAll(() => harness.close());

/** For transactions that many others are in front of. */
const PATIENT = { maxWait: 60_000, timeout: 60_000 };
const DBAL_PATIENT = { maxWaitMs: 60_000, timeoutMs: 60_000 };

const key = (tenant: TestTenant): { tenantId_id: { tenantId: string; id: string } } => ({
  tenantId_id: { tenantId: tenant.id, id: tenant.userId },
});

describe('two tenants in the same tick', () => {
  it('findUnique gives a row to its own tenant alone', async () => {
    const { prisma, as } = harness;
    const find = (tenant: TestTenant, row: TestTenant): Promise<User | null> =>
      as(tenant, () => prisma.user.findUnique({ where: key(row) }));
    const [own, foreign, other] = await Promise.all([find(a, a), find(b, a), find(b, b)]);
    expect(own?.id).toBe(a.userId);
    expect(foreign).toBeNull();
    expect(other?.id).toBe(b.userId);
  });

  it('findUniqueOrThrow refuses a foreign row', async () => {
    const { prisma, as } = harness;
    const find = (tenant: TestTenant): Promise<User> =>
      as(tenant, () => prisma.user.findUniqueOrThrow({ where: key(a) }));
    const [own, foreign] = await Promise.allSettled([find(a), find(b)]);
    expect(own.status).toBe('fulfilled');
    expect(foreign).toMatchObject({ status: 'rejected', reason: { code: 'P2025' } });
  });

  it('a batch reads and writes for its own tenant alone', async () => {
    const { prisma, as, sql } = harness;
    const batch = (tenant: TestTenant, username: string): Promise<[User[], User]> =>
      as(tenant, () =>
        prisma.$transaction([
          prisma.user.findMany({ where: { role: 'owner' } }),
          prisma.user.create({ data: { username, email: `${username}@batch.test` } }),
        ]),
      );
    const [[ofA], [ofB]] = await Promise.all([batch(a, 'batch-a'), batch(b, 'batch-b')]);
    expect(ofA.map((user) => user.id)).toEqual([a.userId]);
    expect(ofB.map((user) => user.id)).toEqual([b.userId]);
    const written = await sql(
      'SELECT tenant_id, username FROM users WHERE email LIKE $1 AND tenant_id = ANY($2) ORDER BY username',
      ['%@batch.test', [a.id, b.id]],
    );
    expect(written).toEqual([
      { tenant_id: a.id, username: 'batch-a' },
      { tenant_id: b.id, username: 'batch-b' },
    ]);
  });

  it('requests that await one shared promise do not mix', async () => {
    const { prisma, as } = harness;
    for (let round = 0; round < 50; round += 1) {
      const shared = new Promise((resolve) => setImmediate(resolve));
      const ask = (tenant: TestTenant): Promise<User | null> =>
        as(tenant, async () => {
          await shared;
          return prisma.user.findUnique({ where: key(a) });
        });
      const [own, foreign] = await Promise.all([ask(a), ask(b)]);
      expect(own?.tenantId).toBe(a.id);
      expect(foreign).toBeNull();
    }
  });
});

describe('a query outside any tenant', () => {
  const paths: [string, (h: TenancyHarness) => Promise<unknown>][] = [
    ['findMany', ({ prisma }) => prisma.user.findMany()],
    ['findUnique', ({ prisma }) => prisma.user.findUnique({ where: key(a) })],
    [
      'create',
      ({ prisma }) => prisma.user.create({ data: { tenantId: a.id, username: 'nobody', email: 'nobody@x.test' } }),
    ],
    ['updateMany', ({ prisma }) => prisma.user.updateMany({ data: { bio: 'x' } })],
    ['deleteMany', ({ prisma }) => prisma.user.deleteMany()],
    ['raw SQL', ({ prisma }) => prisma.$queryRaw`SELECT * FROM users`],
    ['a batch', ({ prisma }) => prisma.$transaction([prisma.user.findMany()])],
    ['an interactive transaction', ({ prisma }) => prisma.$transaction((tx) => tx.user.findMany())],
    ['a DBAL transaction', ({ prisma, dbal }) => dbal.transaction(() => prisma.user.findMany())],
  ];

  it.each(paths)('%s throws', async (_, query) => {
    await expect(query(harness)).rejects.toThrow(TenantContextMissingError);
  });

  it('reaches no tenant row as the platform role', async () => {
    expect(await harness.platform.user.findMany()).toEqual([]);
    await expect(
      harness.platform.user.create({ data: { tenantId: a.id, username: 'nobody', email: 'nobody@x.test' } }),
    ).rejects.toThrow();
  });
});

describe('the registry of tenants', () => {
  it('shows a tenant its own row alone, and lets it change only what is its own to change', async () => {
    const { prisma, as } = harness;
    await as(a, async () => {
      expect(await prisma.tenant.findMany({ select: { id: true } })).toEqual([{ id: a.id }]);
      expect(await prisma.tenant.updateMany({ where: { id: b.id }, data: { name: 'taken over' } })).toEqual({
        count: 0,
      });
      await expect(prisma.$executeRaw`UPDATE tenants SET status = 'SUSPENDED'`).rejects.toThrow('permission denied');
      await expect(prisma.platformAdmin.findMany()).rejects.toThrow();
    });
  });
});

describe('the tenant context', () => {
  it('refuses an id that is no UUID', () => {
    expect(() => harness.tenants.run({ tenantId: `${a.id}' --`, source: 'system' }, () => 1)).toThrow(TypeError);
  });

  it('cannot be changed from inside', async () => {
    await harness.as(a, () => {
      const scope = harness.tenants.find()!;
      expect(() => Object.assign(scope, { tenantId: b.id })).toThrow(TypeError);
      expect(harness.tenants.tenantId).toBe(a.id);
    });
  });

  it('runs a lazy query in the tenant that awaits it inside run, never in another', async () => {
    const { prisma, as } = harness;
    // The promise of Prisma is made in A and carried out to B: run() awaited it in A already.
    const ofA = await as(b, () => as(a, () => prisma.user.findMany({ where: { role: 'owner' } })));
    expect(ofA.map((user) => user.tenantId)).toEqual([a.id]);
    const smuggled = await as(a, () => ({ lazy: prisma.user.findMany({ where: { role: 'owner' } }) }));
    const ofB = await as(b, async () => await smuggled.lazy);
    expect(ofB.map((user) => user.tenantId)).toEqual([b.id]);
  });

  it('never mixes 1,000 random queries of 20 tenants over 3 connections', async () => {
    const { prisma, as, newTenant, dbal } = harness;
    const many = await Promise.all(Array.from({ length: 20 }, newTenant));
    const operations: ((tenant: TestTenant) => Promise<{ tenantId: string }[]>)[] = [
      () => prisma.user.findMany(),
      async (tenant) => [await prisma.user.findUniqueOrThrow({ where: key(tenant) })],
      async () => (await prisma.$transaction([prisma.user.findMany()]))[0],
      () => prisma.$transaction((tx) => tx.user.findMany(), PATIENT),
      () => dbal.transaction(() => prisma.user.findMany({ include: { sessions: true } }), DBAL_PATIENT),
      (tenant) =>
        prisma.user.updateManyAndReturn({ where: { id: tenant.userId }, data: { loginCount: { increment: 1 } } }),
      () => prisma.$queryRaw<{ tenantId: string }[]>`SELECT tenant_id AS "tenantId" FROM users`,
    ];
    const run = async (index: number): Promise<string | undefined> => {
      const tenant = many[(index * 7) % many.length]!;
      const rows = await as(tenant, () => operations[index % operations.length]!(tenant));
      return rows.length === 1 && rows[0]!.tenantId === tenant.id
        ? undefined
        : `operation ${index % operations.length} mixed tenants`;
    };
    // Many more than there are connections, and few enough that none waits for hundreds of others.
    const problems: (string | undefined)[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < 1000) problems.push(await run(next++));
    };
    await Promise.all(Array.from({ length: 40 }, lane));
    expect(problems).toHaveLength(1000);
    expect(problems.filter(Boolean)).toEqual([]);
  }, 60_000);
});
