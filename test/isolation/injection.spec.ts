import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { statementName } from '../../src/common/prisma/adapter/statement-cache.js';
import { sqlStateOf } from '../../src/common/prisma/prisma-errors.js';
import { HOPS, MEANS, PLACES, RUNNERS } from './injections.js';
import { createTenancyHarness, type TenancyHarness, type TestTenant } from './tenancy-harness.js';

/*
 * The floor under SQL injection: whatever text gets into a statement of the application's role, the statement works in the
 * tenant that the request entered. The last part says what lies below the floor.
 */

let harness: TenancyHarness;
let unnamed: TenancyHarness;
let a: TestTenant;
let b: TestTenant;
/** Stands in a row of B's, and nowhere else. */
let secret: string;

beforeAll(async () => {
  harness = await createTenancyHarness({ DATABASE_POOL_MAX: 1 });
  unnamed = await createTenancyHarness({ DATABASE_POOL_MAX: 1, DATABASE_NAMED_STATEMENTS: false });
  ({ a, b } = harness);
  secret = `secret-${randomUUID()}`;
  await harness.sql('UPDATE users SET bio = $2 WHERE tenant_id = $1', [b.id, secret]);
  await harness.sql(`UPDATE users SET bio = '1' WHERE tenant_id = $1`, [a.id]);
  // Planner statistics know the secret as well, from here on.
  await harness.sql('ANALYZE users');
});
afterAll(async () => {
  await unnamed.close();
  await harness.close();
});

type Attempt = { rows: unknown[]; error?: undefined } | { rows?: undefined; error: unknown };

/** The ways in which a statement reaches the server. */
const WAYS: Record<string, (sql: string) => Promise<unknown[]>> = {
  autocommit: (sql) => harness.prisma.$queryRawUnsafe(sql),
  'a transaction': (sql) => harness.prisma.$transaction((tx) => tx.$queryRawUnsafe(sql)),
  'unnamed statements': (sql) => unnamed.prisma.$queryRawUnsafe(sql),
  'a transaction with unnamed statements': (sql) => unnamed.prisma.$transaction((tx) => tx.$queryRawUnsafe(sql)),
};

/** Runs SQL in A as an attacker would, and looks whether B lost or gained anything. */
async function attempt(sql: string, way = 'autocommit'): Promise<Attempt> {
  const outcome: Attempt = await harness
    .as(a, () => WAYS[way]!(sql))
    .then(
      (rows) => ({ rows }),
      (error: unknown) => ({ error }),
    );
  expect(told(outcome)).not.toContain(secret);
  expect(told(outcome)).not.toContain(b.userId);
  if (!sql.includes(b.id)) expect(told(outcome)).not.toContain(b.id);
  const rows = await harness.sql('SELECT id, bio, username FROM users WHERE tenant_id = $1', [b.id]);
  expect(rows).toEqual([{ id: b.userId, bio: secret, username: 'owner' }]);
  return outcome;
}

function told({ rows, error }: Attempt): string {
  return inspect(error ?? rows, { depth: null, maxArrayLength: null, maxStringLength: null });
}

/** That the next requests, of both tenants and on the same connection, are served as if nothing had happened. */
async function expectNoTrace(): Promise<void> {
  const { prisma, as } = harness;
  const seen = (tenant: TestTenant): Promise<{ id: string }[]> =>
    as(tenant, () => prisma.user.findMany({ where: { role: 'owner' }, select: { id: true } }));
  expect(await seen(b)).toEqual([{ id: b.userId }]);
  expect(await seen(a)).toEqual([{ id: a.userId }]);
}

describe.each(Object.entries(HOPS))('%s is refused', (_, hop) => {
  it.each(Object.entries(PLACES))('in %s', async (_place, place) => {
    for (const way of Object.keys(WAYS)) {
      const { error } = await attempt(place(hop(b.id)), way);
      expect([way, sqlStateOf(error)]).toEqual([way, '42501']);
    }
    await expectNoTrace();
  });
});

describe('an expression that may be evaluated', () => {
  // Without these, a place with a mistake in its SQL would be refused for the mistake.
  it.each(Object.entries(PLACES))('in %s sees its own tenant alone', async (_, place) => {
    for (const way of Object.keys(WAYS)) {
      const { error } = await attempt(place(HOPS['enter_tenant']!(a.id)), way);
      expect(error).toBeUndefined();
    }
  });
});

describe.each(Object.entries(RUNNERS))('SQL that %s runs', (_, runner) => {
  const refused: Record<string, () => string> = {
    ...Object.fromEntries(Object.entries(HOPS).map(([name, hop]) => [name, () => `SELECT ${hop(b.id)} AS x`])),
    'SET LOCAL': () => `SET LOCAL app.tenant_id = '${b.id}'`,
    'two statements': () => `SELECT 'a'::tsquery, 'b'::tsquery; SET app.tenant_id = '${b.id}'`,
    'a DO block': () => 'DO $x$ BEGIN NULL; END $x$',
  };

  it.each(Object.keys(refused))('cannot change the tenant by %s', async (means) => {
    const { error } = await attempt(runner(refused[means]!()));
    expect(sqlStateOf(error)).toMatch(/^(42501|0A000|42P11)$/);
    await expectNoTrace();
  });

  it('sees its own tenant alone', async () => {
    await attempt(runner(`SELECT to_tsvector(bio) FROM users`));
    await attempt(runner(`SELECT plainto_tsquery(bio), plainto_tsquery(bio) FROM users`));
    await attempt(runner('SELECT * FROM users'));
  });
});

describe('a second statement in one message is refused', () => {
  it.each(Object.keys(WAYS))('in %s', async (way) => {
    for (const second of [`SET app.tenant_id = '${b.id}'`, 'SELECT 1', `SET LOCAL row_security = off`]) {
      const { error } = await attempt(`SELECT id FROM users; ${second}`, way);
      expect(sqlStateOf(error)).toBe('42601');
    }
    await expectNoTrace();
  });
});

describe('an attacker who makes means of their own is refused', () => {
  it.each(Object.entries(MEANS))('%s', async (_, [sql, sqlState]) => {
    for (const way of Object.keys(WAYS)) {
      const { error } = await attempt(sql, way);
      expect([way, sqlStateOf(error)]).toEqual([way, sqlState]);
    }
    await expectNoTrace();
  });
});

const PLANNER_STATISTICS = `SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'users'`;

describe('rows of other tenants stay hidden', () => {
  it.each([
    ['an error in a condition', 'SELECT id FROM users WHERE bio::int > 0'],
    ['a division by zero in a condition', `SELECT id FROM users WHERE 1 / (CASE WHEN bio = '1' THEN 1 ELSE 0 END) > 0`],
    ['an error in a join', 'SELECT u.id FROM users u JOIN users v ON u.bio::int = v.bio::int'],
    ['the planner’s estimate', `EXPLAIN ANALYZE SELECT id FROM users WHERE bio::int > 0`],
    ['the planner’s statistics', PLANNER_STATISTICS],
    ['extended statistics', 'SELECT most_common_vals::text AS bio FROM pg_stats_ext'],
    ['a whole table as XML', `SELECT table_to_xml('users', true, false, '')::text AS bio`],
    ['a whole schema as XML', `SELECT schema_to_xml('app', true, false, '')::text AS bio`],
    [
      'row identity of the storage',
      `SELECT id, bio FROM users WHERE ctid = ANY (ARRAY(SELECT ('(0,' || n || ')')::tid FROM generate_series(1, 200) n))`,
    ],
    ['a sample of the table', 'SELECT id, bio FROM users TABLESAMPLE SYSTEM (100)'],
    ['a lock on rows', 'SELECT id, bio FROM users FOR UPDATE'],
    ['the registry', 'SELECT id, slug FROM tenants'],
  ])('from %s', async (_, sql) => {
    const { error } = await attempt(sql);
    expect(error).toBeUndefined();
  });

  it('from readers of the statistics that are there for the owner', async () => {
    const [known] = await harness.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stats WHERE tablename = 'users' AND attname = 'bio'`,
    );
    expect(known!.n).toBe(1);
    const { rows } = await attempt(PLANNER_STATISTICS);
    expect(rows).toEqual([]);
  });
});

it('a job that injected SQL enqueues is one of its own tenant, whatever it claims', async () => {
  const marker = randomUUID();
  await attempt(`SELECT jobs.enqueue('mail.send', '{"tenantId": "${b.id}", "marker": "${marker}"}')::text`);
  const jobs = await harness.sql(
    `DELETE FROM jobs._private_jobs WHERE payload -> 'data' ->> 'marker' = $1 RETURNING payload ->> 'tenantId' AS tenant`,
    [marker],
  );
  expect(jobs).toEqual([{ tenant: a.id }]);
});

/*
 * Below the floor: somebody who writes whole statements, not text inside of one. Nothing in PostgreSQL can keep a role from
 * setting a parameter of its own session. These tests tell what is so; docs/isolation.md tells it to readers.
 */
describe('a whole statement of an attacker’s', () => {
  let own: TenancyHarness;
  beforeEach(async () => {
    own = await createTenancyHarness({ DATABASE_POOL_MAX: 1 });
  });
  afterEach(() => own.close());
  const biosSeenBy = (tenant: TestTenant): Promise<{ bio: string | null }[]> =>
    own.as(tenant, () => own.prisma.user.findMany({ where: { role: 'owner' }, select: { bio: true } }));

  it('changes the tenant for the rest of a transaction (SET LOCAL)', async () => {
    const seen = await own.as(a, () =>
      own.prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL app.tenant_id = '${b.id}'`);
        return tx.user.findMany({ select: { bio: true } });
      }),
    );
    expect(seen).toEqual([{ bio: secret }]);
    expect(await biosSeenBy(a)).toEqual([{ bio: '1' }]);
  });

  it('makes a connection useless for other tenants, but does not show them rows (SET)', async () => {
    await own.as(a, () => own.prisma.$executeRawUnsafe(`SET app.tenant_id = '${b.id}'`));
    expect(sqlStateOf(await biosSeenBy(a).catch((error: unknown) => error))).toBe('42501');
    expect(await biosSeenBy(b)).toEqual([{ bio: secret }]);
  });

  it('makes a connection see nothing, when it replaces the statement that enters (PREPARE)', async () => {
    const { pool } = own.prisma;
    const client = await pool.connect();
    await client.query('DEALLOCATE tenantry_enter; PREPARE tenantry_enter (text) AS SELECT $1');
    client.release();
    expect(await biosSeenBy(b)).toEqual([]);
    expect(await biosSeenBy(a)).toEqual([]);
  });

  it('leaves a statement behind that another tenant’s request runs (PREPARE)', async () => {
    const harmless = 'SELECT 1 AS answer';
    const planted = `PREPARE "${statementName(harmless)}" AS UPDATE users SET display_name = 'planted' RETURNING 1 AS answer`;
    const ask = (): Promise<unknown> => own.as(b, () => own.prisma.$queryRawUnsafe(harmless));
    await ask();
    await own.as(a, () => own.prisma.$executeRawUnsafe(`DEALLOCATE "${statementName(harmless)}"`));
    await own.as(a, () => own.prisma.$executeRawUnsafe(planted));
    await ask();
    expect(await harness.sql('SELECT display_name FROM users WHERE tenant_id = $1', [b.id])).toEqual([
      { display_name: 'planted' },
    ]);
  });

  it('may not read without row level security, only fail (SET row_security)', async () => {
    const reading = own.as(a, () =>
      own.prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe('SET LOCAL row_security = off');
        return tx.user.findMany();
      }),
    );
    expect(sqlStateOf(await reading.catch((error: unknown) => error))).toBe('42501');
  });
});

it('the platform’s role may enter a tenant from within a statement that began outside of any', async () => {
  const rows = await harness.platform.$queryRawUnsafe(
    `SELECT u.bio FROM (SELECT app.enter_tenant('${b.id}')::text AS x OFFSET 0) hop, LATERAL (SELECT bio FROM users WHERE hop.x IS NOT NULL OFFSET 0) u`,
  );
  expect(rows).toEqual([{ bio: secret }]);
});
