import { setTimeout as delay } from 'node:timers/promises';
import { appConnectionsOptions } from '../../src/common/prisma/connections-options.js';
import { Connections } from '../../src/common/prisma/adapter/connections.js';
import { PoolExhaustedError } from '../../src/common/prisma/adapter/tenant-gate.js';
import { TenantSwitchError, TransactionAbortedError } from '../../src/common/prisma/adapter/tenant-transaction.js';
import { sqlStateOf, toAppError, violates } from '../../src/common/prisma/prisma-errors.js';
import { QueryObserver } from '../../src/common/prisma/query-observer.js';
import { testConfig } from '../support/test-config.js';
import { testDatabase } from '../support/test-database.js';
import { createTenancyHarness, itWithTwoConnections, type TenancyHarness, type TestTenant } from './tenancy-harness.js';

let harness: TenancyHarness;
let a: TestTenant;
let b: TestTenant;

beforeEach(async () => {
  [a, b] = await Promise.all([harness.newTenant(), harness.newTenant()]);
});
beforeAll(async () => {
  harness = await createTenancyHarness({ DATABASE_POOL_MAX: 2, DATABASE_POOL_TIMEOUT_MS: 300 });
});
afterAll(() => harness.close());

const bioOf = async (tenant: TestTenant): Promise<string | null> =>
  (
    await harness.sql<{ bio: string | null }>('SELECT bio FROM users WHERE tenant_id = $1 AND id = $2', [
      tenant.id,
      tenant.userId,
    ])
  )[0]!.bio;
const setBio = (bio: string): Promise<{ count: number }> => harness.prisma.user.updateMany({ data: { bio } });

/** What the next borrower of each pooled connection sees without a tenant: nothing, and no left-over setting. */
async function expectCleanConnections(): Promise<void> {
  const { pool } = harness.prisma;
  const clients = await Promise.all([pool.connect(), pool.connect()]);
  try {
    for (const client of clients) {
      const { rows } = await client.query<{ setting: string; seen: number }>(
        `SELECT coalesce(current_setting('app.tenant_id', true), '') AS setting, (SELECT count(*)::int FROM users) AS seen`,
      );
      expect(rows).toEqual([{ setting: '', seen: 0 }]);
    }
  } finally {
    for (const client of clients) client.release();
  }
}

describe('a DBAL transaction', () => {
  it('saves everything or nothing', async () => {
    const { dbal, as } = harness;
    await as(a, () => dbal.transaction(() => setBio('saved')));
    await expect(
      as(a, () =>
        dbal.transaction(async () => {
          await setBio('lost');
          throw new Error('no');
        }),
      ),
    ).rejects.toThrow('no');
    expect(await bioOf(a)).toBe('saved');
  });

  it('is joined by a transaction inside it', async () => {
    const { dbal, as } = harness;
    await expect(
      as(a, () =>
        dbal.transaction(async () => {
          await dbal.transaction(() => setBio('inner'));
          throw new Error('outer');
        }),
      ),
    ).rejects.toThrow('outer');
    expect(await bioOf(a)).toBeNull();
  });

  it('refuses to join with another isolation level', async () => {
    const { dbal, as } = harness;
    const nested = as(a, () =>
      dbal.transaction(() => dbal.transaction(() => setBio('x'), { isolationLevel: 'Serializable' })),
    );
    await expect(nested).rejects.toThrow('cannot join');
  });

  it('rejects when an error inside was swallowed, and saves nothing', async () => {
    const { dbal, prisma, as } = harness;
    const swallowed = as(a, () =>
      dbal.transaction(async () => {
        await setBio('lost');
        await prisma.$queryRaw`SELECT 1 / 0`.catch(() => undefined);
      }),
    );
    await expect(swallowed).rejects.toThrow(TransactionAbortedError);
    expect(await bioOf(a)).toBeNull();
  });

  itWithTwoConnections('is left behind by work for another tenant', async () => {
    const { dbal, as } = harness;
    await expect(
      as(a, () =>
        dbal.transaction(async () => {
          await setBio('of a');
          await as(b, () => setBio('of b'));
          throw new Error('only a is undone');
        }),
      ),
    ).rejects.toThrow('only a is undone');
    expect(await bioOf(a)).toBeNull();
    expect(await bioOf(b)).toBe('of b');
  });

  it('refuses a query from another tenant’s context', async () => {
    const { prisma, as } = harness;
    const smuggled = as(a, () => prisma.$transaction((tx) => as(b, () => tx.user.findMany())));
    await expect(smuggled).rejects.toThrow(TenantSwitchError);
  });

  itWithTwoConnections('runs again after a serialization failure', async () => {
    const { dbal, prisma, as } = harness;
    let attempts = 0;
    const increment = (): Promise<unknown> =>
      as(a, () =>
        dbal.transaction(
          async () => {
            attempts += 1;
            const { loginCount } = (await prisma.user.findFirst({ where: { id: a.userId } }))!;
            await delay(20);
            await prisma.user.updateMany({ where: { id: a.userId }, data: { loginCount: loginCount + 1 } });
          },
          { isolationLevel: 'Serializable', retries: 10 },
        ),
      );
    await Promise.all([increment(), increment()]);
    expect(attempts).toBeGreaterThan(2);
    expect(await harness.sql('SELECT login_count FROM users WHERE tenant_id = $1', [a.id])).toEqual([
      { login_count: 2 },
    ]);
  });

  it('runs afterCommit when it was saved, and only then', async () => {
    const { dbal, as } = harness;
    const done: string[] = [];
    await as(a, () =>
      dbal.transaction(async () => {
        dbal.afterCommit(() => void done.push('saved'));
        await setBio('x');
        expect(done).toEqual([]);
      }),
    );
    await as(a, () =>
      dbal.transaction(() => {
        dbal.afterCommit(() => void done.push('lost'));
        return Promise.reject(new Error('no'));
      }),
    ).catch(() => undefined);
    expect(done).toEqual(['saved']);
  });

  it('rolls a nested transaction back to its savepoint', async () => {
    const { dbal, prisma, as } = harness;
    await as(a, () =>
      dbal.transaction(async () => {
        await setBio('kept');
        await prisma
          .$transaction(async (inner) => {
            await inner.user.updateMany({ data: { bio: 'undone' } });
            throw new Error('inner');
          })
          .catch(() => undefined);
      }),
    );
    expect(await bioOf(a)).toBe('kept');
  });
});

describe('after every kind of failure the next borrower of the connection sees nothing', () => {
  const raw = (sql: string): Promise<unknown> => harness.prisma.$queryRawUnsafe(sql);
  const failures: [string, () => Promise<unknown>, RegExp | undefined][] = [
    ['a syntax error', () => raw('SELEKT'), /42601/],
    [
      'a unique violation',
      () => harness.prisma.user.create({ data: { username: 'owner', email: 'other@x.test' } }),
      /23505/,
    ],
    [
      'a foreign tenant’s id on insert',
      () => harness.prisma.user.create({ data: { tenantId: b.id, username: 'u', email: 'u@x.test' } }),
      /42501/,
    ],
    ['a move to another tenant', () => harness.prisma.user.updateMany({ data: { tenantId: b.id } }), /42501/],
    [
      'a statement timeout',
      () =>
        harness.dbal.transaction(() =>
          raw('SET LOCAL statement_timeout = 50').then(() => raw('SELECT 1 FROM pg_sleep(5)')),
        ),
      /57014/,
    ],
    [
      'a transaction that takes too long',
      () => harness.dbal.transaction(() => delay(150).then(() => setBio('late')), { timeoutMs: 50 }),
      undefined,
    ],
    [
      'a killed backend',
      () =>
        harness.dbal.transaction(async () => {
          const [row] = (await raw('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
          await harness.sql('SELECT pg_terminate_backend($1)', [row.pid]);
          return raw('SELECT 1');
        }),
      undefined,
    ],
    ['another tenant entered', () => raw(`SELECT app.enter_tenant('${b.id}')`), /42501/],
    [
      'the set_config of an injection',
      () => raw(`SELECT (SELECT set_config('app.tenant_id', '${b.id}', true)), count(*) FROM users`),
      /42501/,
    ],
    ['a DO block', () => raw(`DO $$ BEGIN PERFORM 1; END $$`), /42501/],
    ['TRUNCATE', () => raw('TRUNCATE users CASCADE'), /42501/],
    ['row security switched off', () => raw('ALTER TABLE users DISABLE ROW LEVEL SECURITY'), /42501/],
    ['another role', () => raw('SET ROLE tenantry_owner'), /42501/],
  ];

  it.each(failures)('%s', async (_, fail, sqlState) => {
    const before = await harness.sql('SELECT * FROM users WHERE tenant_id = $1', [b.id]);
    const error: unknown = await harness.as(a, fail).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeDefined();
    if (sqlState) expect(sqlStateOf(error)).toMatch(sqlState);
    await expectCleanConnections();
    expect(await harness.sql('SELECT * FROM users WHERE tenant_id = $1', [b.id])).toEqual(before);
    expect(await harness.as(a, () => harness.prisma.user.count({ where: { role: 'owner' } }))).toBe(1);
  });

  it('an exhausted pool', async () => {
    const { dbal, prisma, as } = harness;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const hold = (): Promise<unknown> => dbal.transaction(() => prisma.user.count().then(() => gate));
    const holders = [as(a, hold), as(a, hold)];
    await delay(50);
    const error: unknown = await as(a, () => prisma.user.count()).catch((caught: unknown) => caught);
    expect(toAppError(error)).toMatchObject({ code: 'database.busy' });
    release();
    await Promise.all(holders);
    await expectCleanConnections();
  });
});

describe('statements that share their way to the server', () => {
  it('have their effects, or fail, each for itself', async () => {
    const { prisma, as, sql } = harness;
    const enqueue = () => prisma.$queryRaw`SELECT jobs.enqueue('retention.run', '{}'::json)::text AS job`;
    const outcomes = await as(a, () => Promise.allSettled([enqueue(), prisma.$queryRaw`SELECT 1 / 0`]));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const jobs = await sql(`SELECT FROM jobs._private_jobs WHERE payload ->> 'tenantId' = $1`, [a.id]);
    expect(jobs).toHaveLength(1);
  });

  it('fail when what they did cannot be committed', async () => {
    const { prisma, as, sql } = harness;
    await sql(`CREATE TABLE late (tenant_id uuid, id uuid, parent uuid, PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, parent) REFERENCES late DEFERRABLE INITIALLY DEFERRED)`);
    await sql(`SELECT app.protect_table('late')`);
    try {
      const orphan = as(
        a,
        () => prisma.$executeRaw`INSERT INTO late (id, parent) VALUES (${a.id}::uuid, ${b.id}::uuid)`,
      );
      expect(sqlStateOf(await orphan.catch((error: unknown) => error))).toBe('23503');
      expect(await sql('SELECT FROM late')).toEqual([]);
    } finally {
      await sql('DROP TABLE late');
    }
  });
});

describe('writes to rows of another tenant', () => {
  it('touch nothing and say nothing', async () => {
    const { prisma, as } = harness;
    await as(b, () => setBio('untouched'));
    await as(a, async () => {
      expect(await prisma.user.updateMany({ where: { id: b.userId }, data: { bio: 'x' } })).toEqual({ count: 0 });
      expect(await prisma.user.deleteMany({ where: { id: b.userId } })).toEqual({ count: 0 });
      expect(await prisma.user.findMany({ where: { tenantId: b.id } })).toEqual([]);
    });
    expect(await bioOf(b)).toBe('untouched');
  });

  it('cannot refer to a foreign row', async () => {
    const { prisma, as } = harness;
    const session = { familyId: a.userId, userId: b.userId, tokenHash: 'x', expiresAt: new Date() };
    await expect(as(a, () => prisma.session.create({ data: session }))).rejects.toMatchObject({ code: 'P2003' });
  });

  it('name the constraint that a duplicate met', async () => {
    const { prisma, as } = harness;
    const error: unknown = await as(a, () =>
      prisma.user.create({ data: { username: 'owner', email: 'e@x.test' } }),
    ).catch((caught: unknown) => caught);
    expect(violates(error, 'users_tenant_id_username_key')).toBe(true);
    expect(violates(error, 'users_tenant_id_email_key')).toBe(false);
  });
});

describe('the connections of the pool', () => {
  it('work on after a pooler’s DISCARD ALL', async () => {
    const { prisma, as } = harness;
    const find = (): Promise<number> => as(a, () => prisma.user.count());
    await find();
    for (const client of await Promise.all([prisma.pool.connect(), prisma.pool.connect()])) {
      await client.query('DISCARD ALL');
      client.release();
    }
    expect(await Promise.all([find(), find(), find()])).toEqual([1, 1, 1]);
    const { dbal } = harness;
    for (const client of await Promise.all([prisma.pool.connect(), prisma.pool.connect()])) {
      await client.query('DISCARD ALL');
      client.release();
    }
    expect(await as(a, () => dbal.transaction(() => prisma.user.count()))).toBe(1);
  });

  it('keep a bounded number of prepared statements', async () => {
    const { prisma, as } = harness;
    for (let columns = 1; columns <= 260; columns += 1) {
      await as(a, () => prisma.$queryRawUnsafe(`SELECT ${Array.from({ length: columns }, (_, i) => i).join(', ')}`));
    }
    const clients = await Promise.all([prisma.pool.connect(), prisma.pool.connect()]);
    for (const client of clients) {
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM pg_prepared_statements',
      );
      expect(rows[0]!.count).toBeLessThanOrEqual(202);
      client.release();
    }
  });

  it('that are not idle are destroyed instead of lent again', async () => {
    const options = { ...appConnectionsOptions(testConfig(await testDatabase())), max: 1 };
    const connections = new Connections(options, new QueryObserver());
    const dirty = await connections.acquire(a.id);
    await dirty.query(`BEGIN; SELECT app.enter_tenant('${a.id}')`);
    connections.release(dirty, a.id);
    const next = await connections.acquire(b.id);
    expect(next).not.toBe(dirty);
    connections.release(next, b.id);
    await connections.pool.end();
  });

  it('are bounded for each tenant, so that one cannot take them all', async () => {
    const options = {
      ...appConnectionsOptions(testConfig(await testDatabase())),
      max: 3,
      maxPerTenant: 2,
      poolTimeoutMs: 100,
    };
    const connections = new Connections(options, new QueryObserver());
    const held = await Promise.all([connections.acquire(a.id), connections.acquire(a.id)]);
    await expect(connections.acquire(a.id)).rejects.toThrow(PoolExhaustedError);
    const waiting = connections.acquire(a.id);
    connections.release(held[0]!, a.id);
    const next = await waiting;
    const ofB = await connections.acquire(b.id);
    connections.release(ofB, b.id);
    connections.release(next, a.id);
    connections.release(held[1]!, a.id);
    await connections.pool.end();
  });

  itWithTwoConnections(
    'are enough for work apart from a transaction, also of a slow tenant beside another',
    async () => {
      const slow = await createTenancyHarness({ DATABASE_POOL_TIMEOUT_MS: 1000 });
      const query = ({ id }: TestTenant, seconds: number) =>
        slow.as({ id }, () => slow.prisma.$queryRaw`SELECT pg_sleep(${seconds})::text`);
      const neighbour = setInterval(() => void query(slow.b, 0).catch(() => undefined), 100);
      try {
        for (let times = 0; times < 10; times += 1) await query(slow.a, 0.05);
        const apart = (): Promise<number> => slow.dbal.apart(() => slow.prisma.user.count());
        expect(await slow.as(slow.a, () => slow.dbal.transaction(apart))).toBe(1);
      } finally {
        clearInterval(neighbour);
        await slow.close();
      }
    },
  );
});
