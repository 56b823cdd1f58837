import pg from 'pg';
import type { WireConnection } from '../../src/common/prisma/adapter/wire-connection.js';
import { endsConnection } from '../../src/common/prisma/database-faults.js';
import { giveUpUnusable } from '../../src/common/prisma/give-up-unusable.js';
import { sqlStateOf, toAppError } from '../../src/common/prisma/prisma-errors.js';
import { eventually } from '../support/eventually.js';
import { testDatabase } from '../support/test-database.js';
import { createTenancyHarness, type TenancyHarness } from './tenancy-harness.js';

let harness: TenancyHarness;

beforeAll(async () => {
  harness = await createTenancyHarness({ DATABASE_POOL_MAX: 1 });
  await harness.sql(`CREATE FUNCTION public.fail_with(code text) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'planned' USING ERRCODE = code; END $$`);
  await harness.sql('GRANT EXECUTE ON FUNCTION public.fail_with TO tenantry_app');
});
afterAll(async () => {
  await harness.sql('DROP FUNCTION public.fail_with');
  await harness.close();
});

const inTenant = <T>(fn: () => Promise<T>): Promise<T> => harness.as(harness.a, fn);
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const fail = (code: string): Promise<unknown> => harness.prisma.$queryRaw`SELECT public.fail_with(${code})`;
const backend = async (): Promise<number> =>
  (await inTenant(() => harness.prisma.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`))[0]!.pid;
const count = (): Promise<number> => inTenant(() => harness.prisma.user.count());

/** The driver's connection, of which the pool has one. */
async function onlyConnection(): Promise<pg.PoolClient> {
  const client = await harness.prisma.pool.connect();
  client.release();
  return client;
}

describe.each([
  ['alone', (code: string) => inTenant(() => fail(code))],
  ['in a transaction', (code: string) => inTenant(() => harness.dbal.transaction(() => fail(code)))],
])('a statement %s that is answered with', (_, attempt) => {
  it.each(
    '08000 08001 08004 08006 08P01 25006 25P03 25P04 40003 53100 53200 55006 57P01 57P02 57P03 57P05 58030'.split(' '),
  )('%s can be tried again, on a connection that can be used', async (code) => {
    const before = await backend();
    const error = await caught(attempt(code));
    expect(sqlStateOf(error)).toBe(code);
    expect(toAppError(error)).toMatchObject({ name: 'UnavailableError' });
    expect((await backend()) === before).toBe(!endsConnection(code));
  });

  it.each(['54001', '42501'])('%s is a defect', async (code) => {
    const before = await backend();
    expect(toAppError(await caught(attempt(code)))).toBeUndefined();
    expect(await backend()).toBe(before);
  });
});

describe('a primary that becomes a standby, as its sessions see it', () => {
  it('is left as soon as there is another', async () => {
    const { prisma, sql } = harness;
    const { name } = await testDatabase();
    const write = (): Promise<unknown> => inTenant(() => prisma.user.updateMany({ data: { bio: 'written' } }));
    await sql(`ALTER ROLE tenantry_app IN DATABASE "${name}" SET default_transaction_read_only = on`);
    try {
      await sql('SELECT pg_terminate_backend($1)', [await backend()]);
      await eventually(
        () => caught(write()),
        (error) => sqlStateOf(error) === '25006',
      );
      expect(await prisma.ping(5000)).toBe('read-only');
    } finally {
      await sql(`ALTER ROLE tenantry_app IN DATABASE "${name}" RESET default_transaction_read_only`);
    }
    // Each of these ends the connection that it met, and those made before.
    expect(
      await eventually(
        () => prisma.ping(5000),
        (state) => state === 'ready',
      ),
    ).toBe('ready');
    await expect(write()).resolves.toMatchObject({ count: 1 });
  });
});

describe('a prepared statement that the server and we do not agree on', () => {
  /** The connection's own list of what is prepared, and the name of the statement whose text matches. */
  async function preparedAs(
    text: RegExp,
  ): Promise<{ client: pg.PoolClient; known: Record<string, string>; name: string }> {
    const client = await onlyConnection();
    const { parsedStatements: known } = (client as unknown as { connection: WireConnection }).connection;
    return { client, known, name: Object.keys(known).find((key) => text.test(known[key]!))! };
  }
  const forget = async (text: RegExp): Promise<void> => {
    const { client, name } = await preparedAs(text);
    await client.query(`DEALLOCATE "${name}"`);
  };
  const remember = async (text: RegExp): Promise<void> => {
    const { known, name } = await preparedAs(text);
    delete known[name];
  };

  it.each<[string, () => Promise<void>]>([
    ['the query is forgotten', () => forget(/COUNT.*users/)],
    ['entering the tenant is forgotten', () => forget(/enter_tenant/)],
    ['the query is there already', () => remember(/COUNT.*users/)],
  ])('%s: the next query is answered, and all that follow', async (_, disagree) => {
    await count();
    await disagree();
    for (let times = 0; times < 3; times += 1) expect(await count()).toBe(1);
    await disagree();
    for (let times = 0; times < 3; times += 1) {
      expect(await inTenant(() => harness.dbal.transaction(() => harness.prisma.user.count()))).toBe(1);
    }
  });
});

describe('a connection that breaks', () => {
  const kill = async (pid: number): Promise<void> => {
    const client = (harness.prisma.pool as unknown as { _clients: pg.PoolClient[] })._clients[0]!;
    const ended = new Promise((resolve) => client.once('end', resolve));
    await harness.sql('SELECT pg_terminate_backend($1)', [pid]);
    await ended;
  };

  it('between two statements of a transaction: the database is away', async () => {
    const error = await caught(
      inTenant(() =>
        harness.dbal.transaction(async () => {
          await kill(await backend());
          return harness.prisma.user.count();
        }),
      ),
    );
    expect(toAppError(error)).toMatchObject({ code: 'database.unavailable' });
    expect(await count()).toBe(1);
  });

  it('before a savepoint, and before the commit: what is not saved says so', async () => {
    const savepoint = inTenant(() =>
      harness.dbal.transaction(async () => {
        await kill(await backend());
        return harness.dbal.savepoint(() => harness.prisma.user.count());
      }),
    );
    expect(toAppError(await caught(savepoint))).toMatchObject({ code: 'database.unavailable' });
    const commit = inTenant(() => harness.dbal.transaction(async () => kill(await backend())));
    expect(toAppError(await caught(commit))).toMatchObject({ name: 'UnavailableError' });
    expect(await count()).toBe(1);
  });

  it('during the commit: nobody knows whether it took place', async () => {
    const { sql } = harness;
    await sql(`CREATE FUNCTION public.dawdle() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$`);
    await sql(`CREATE CONSTRAINT TRIGGER dawdle AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION public.dawdle()`);
    try {
      const pid = await backend();
      const update = (): Promise<unknown> => harness.prisma.user.updateMany({ data: { bio: 'late' } });
      const saved = caught(inTenant(() => harness.dbal.transaction(update, { timeoutMs: 60_000 })));
      const committing = `SELECT FROM pg_stat_activity WHERE pid = $1 AND query = 'COMMIT' AND state = 'active'`;
      await eventually(
        () => sql(committing, [pid]),
        (rows) => rows.length > 0,
      );
      await sql('SELECT pg_terminate_backend($1)', [pid]);
      expect(toAppError(await saved)).toMatchObject({ code: 'transaction.unknown' });
    } finally {
      await sql('DROP TRIGGER dawdle ON users');
      await sql('DROP FUNCTION public.dawdle');
    }
  });
});

describe('a pool whose queries are somebody else’s', () => {
  it('replaces a connection that cannot be used any more', async () => {
    const pool = new pg.Pool({ connectionString: (await testDatabase()).appUrl, max: 1 });
    giveUpUnusable(pool);
    const backendOf = async (): Promise<number> =>
      (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
    const failOn = async (code: string): Promise<void> => {
      const client = await pool.connect();
      await client.query('SELECT public.fail_with($1)', [code]).catch(() => undefined);
      client.release();
    };
    try {
      const first = await backendOf();
      await failOn('55006');
      expect(await backendOf()).toBe(first);
      await failOn('25006');
      expect(await backendOf()).not.toBe(first);
    } finally {
      await pool.end();
    }
  });
});
