import { randomBytes } from 'node:crypto';
import { withClient, withDatabase, withLogin } from '../../scripts/db/connect.ts';
import { migrateDatabase, pendingMigrations } from '../../scripts/db/migrate-database.ts';
import { ROLES, type RoleName } from '../../scripts/db/roles.ts';
import { setUpDatabase } from '../../scripts/db/setup-database.ts';
import { useEmbeddedPostgres, type EmbeddedPostgres } from '../../scripts/embedded/embedded-postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.js';

// Roles belong to a whole server, so these tests bring one of their own.
describe('the database set-up', () => {
  const folder = temporaryFolder();
  let server: EmbeddedPostgres;
  const database = 'some "odd" name';
  const password = (role: RoleName): string => `pw-${role}-é`.replace('é', role === 'tenantry_worker' ? 'é' : 'e');
  const passwords = Object.fromEntries(ROLES.map((role) => [role, password(role)])) as Record<RoleName, string>;
  const urlOf = (role: RoleName, name = database): string => withLogin(server.adminUrl, role, passwords[role], name);
  const codeOf = (url: string, sql: string): Promise<string> =>
    withClient(url, (client) => client.query(sql)).then(
      () => 'allowed',
      (error: Error & { code?: string }) => error.code ?? error.message,
    );

  beforeAll(async () => {
    server = await useEmbeddedPostgres(folder.path);
  });
  afterAll(async () => {
    await server.release();
    folder.remove();
  });

  it('can be run again and changes nothing', async () => {
    const state = (): Promise<unknown[]> =>
      withClient(withDatabase(server.adminUrl, database), async (admin) => [
        (await admin.query(`SELECT * FROM pg_db_role_setting ORDER BY 1, 2`)).rows,
        (await admin.query(`SELECT datacl FROM pg_database WHERE datname = current_database()`)).rows,
        (await admin.query(`SELECT nspname, nspacl, nspowner FROM pg_namespace ORDER BY 1`)).rows,
        (await admin.query(`SELECT proacl FROM pg_proc WHERE proname = 'set_config'`)).rows,
      ]);
    expect(await setUpDatabase(server.adminUrl, { database, passwords })).toEqual({ createdDatabase: true, notes: [] });
    const first = await state();
    expect(await setUpDatabase(server.adminUrl, { database, passwords })).toEqual({
      createdDatabase: false,
      notes: [],
    });
    expect(await state()).toEqual(first);
  });

  it('makes four roles that can log in and nothing else', async () => {
    for (const role of ROLES) expect(await codeOf(urlOf(role), 'SELECT 1')).toBe('allowed');
    const { rows } = await withClient(server.adminUrl, (admin) =>
      admin.query(
        `SELECT DISTINCT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolinherit
           FROM pg_roles WHERE rolname = ANY ($1)`,
        [[...ROLES]],
      ),
    );
    expect(rows.map((row: object) => Object.values(row))).toEqual([[false, false, false, false, false, false]]);
  });

  it('takes rights away that somebody has given to a role', async () => {
    await withClient(server.adminUrl, (admin) => admin.query('ALTER ROLE tenantry_app CREATEDB BYPASSRLS'));
    await setUpDatabase(server.adminUrl, { database, passwords });
    expect(await codeOf(urlOf('tenantry_app'), 'CREATE DATABASE mine')).toBe('42501');
    const { rows } = await withClient(server.adminUrl, (admin) =>
      admin.query(`SELECT rolbypassrls FROM pg_roles WHERE rolname = 'tenantry_app'`),
    );
    expect(rows).toEqual([{ rolbypassrls: false }]);
  });

  it.each(['tenantry_app', 'tenantry_platform'] as const)('leaves %s nothing to change tenants with', async (role) => {
    const attempts = [
      `SELECT set_config('app.tenant_id', 'x', true)`,
      'DO $$ BEGIN END $$',
      'CREATE TEMPORARY TABLE mine (n int)',
      'CREATE TABLE mine (n int)',
      'CREATE SCHEMA mine',
      'SELECT 1 FROM jobs.migrations',
    ];
    for (const attempt of attempts) expect([attempt, await codeOf(urlOf(role), attempt)]).toEqual([attempt, '42501']);
  });

  it('keeps everybody else out of the database', async () => {
    const stranger = `stranger_${randomBytes(4).toString('hex')}`;
    await withClient(server.adminUrl, (admin) => admin.query(`CREATE ROLE ${stranger} LOGIN PASSWORD 'secret'`));
    const url = withLogin(server.adminUrl, stranger, 'secret', database);
    await expect(withClient(url, async () => undefined)).rejects.toThrow(/permission denied for database/);
  });

  it('gives the roles their time limits', async () => {
    await setUpDatabase(server.adminUrl, { database, passwords: {}, queryTimeoutMs: 1234 });
    const limits = async (role: RoleName): Promise<unknown> =>
      withClient(
        urlOf(role),
        async (client) => (await client.query('SHOW statement_timeout')).rows[0].statement_timeout,
      );
    expect(await limits('tenantry_app')).toBe('1234ms');
    expect(await limits('tenantry_platform')).toBe('1234ms');
    expect(await limits('tenantry_worker')).toBe('7404ms');
    // A migration may take as long as it takes.
    expect(await limits('tenantry_owner')).toBe('0');
  });

  it('works for an administrator who is no superuser, and says what that one may not do', async () => {
    const admin = 'managed_admin';
    await withClient(server.adminUrl, async (client) => {
      for (const role of ROLES) await client.query(`ALTER ROLE ${role} RENAME TO ${role}_before`);
      await client.query(`CREATE ROLE ${admin} LOGIN CREATEDB CREATEROLE PASSWORD 'secret'`);
    });
    const url = withLogin(server.adminUrl, admin, 'secret', 'postgres');
    for (const createdDatabase of [true, false]) {
      const report = await setUpDatabase(url, { database: 'managed', passwords });
      expect(report.createdDatabase).toBe(createdDatabase);
      expect(report.notes.join('\n')).toMatch(/set_config[^]*plpgsql[^]*large objects/);
      expect(report.notes).toHaveLength(3);
    }
    const urls = { ownerUrl: urlOf('tenantry_owner', 'managed'), workerUrl: urlOf('tenantry_worker', 'managed') };
    expect(await migrateDatabase(urls)).not.toEqual([]);
    expect(await pendingMigrations(urls.ownerUrl)).toEqual([]);
    expect(await migrateDatabase(urls)).toEqual([]);
    expect(await codeOf(urls.workerUrl, 'CREATE SCHEMA mine')).toBe('42501');
    expect(await codeOf(urls.workerUrl, 'SELECT count(*) FROM jobs.migrations')).toBe('allowed');
  });

  it('names the server, but not the password, when it cannot be reached', async () => {
    const gone = 'postgresql://admin:very-secret@127.0.0.1:1/postgres';
    const failure = setUpDatabase(gone, { database, passwords });
    await expect(failure).rejects.toThrow('Cannot connect to PostgreSQL admin@127.0.0.1:1/postgres');
    await expect(failure).rejects.not.toThrow(/very-secret/);
  });
});
