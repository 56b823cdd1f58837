import { jest } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PrismaProject } from './prisma-project.js';

jest.setTimeout(120_000);

describe('prisma migrate over the bridge', () => {
  let project: PrismaProject;
  beforeEach(async () => {
    project = await PrismaProject.create();
  });
  afterEach(() => project.remove());

  const CREATE = 'CREATE TABLE "Thing" ("id" INTEGER NOT NULL, CONSTRAINT "Thing_pkey" PRIMARY KEY ("id"));';

  it('applies what is pending, once, and tells before and after how the database stands', async () => {
    await project.writeMigration('1_things', CREATE);

    const behind = await project.prisma('migrate status');
    expect(behind.output).toContain('have not yet been applied');
    expect(behind.code).toBe(1);

    const first = await project.prisma('migrate deploy');
    expect(first.output).toContain('1_things');
    expect(first.code).toBe(0);
    expect(await project.query('SELECT * FROM "Thing"')).toEqual([]);

    const second = await project.prisma('migrate deploy');
    expect(second.output).toContain('No pending migrations to apply');

    const upToDate = await project.prisma('migrate status');
    expect(upToDate.output).toContain('Database schema is up to date');
    expect(upToDate.code).toBe(0);
  });

  it('reports the SQL error of a broken migration, records it as failed and refuses to go on', async () => {
    await project.writeMigration('1_things', CREATE);
    await project.writeMigration('2_broken', 'CREATE TABLE before_it (id int);\nINSERT INTO nowhere VALUES (1);');

    const broken = await project.prisma('migrate deploy');
    expect(broken.code).toBe(1);
    expect(broken.output).toContain('P3018');
    expect(broken.output).toContain('Migration name: 2_broken');
    expect(broken.output).toContain('relation "nowhere" does not exist (42P01, line 2)');
    expect(
      await project.query('SELECT migration_name, finished_at FROM _prisma_migrations WHERE finished_at IS NULL'),
    ).toEqual([{ migration_name: '2_broken', finished_at: null }]);
    // A script is one transaction: nothing of it stays.
    expect(await project.query(`SELECT to_regclass('before_it') AS found`)).toEqual([{ found: null }]);

    const again = await project.prisma('migrate deploy');
    expect(again.code).toBe(1);
    expect(again.output).toContain('P3009');
  });

  it('resolves a failed migration as rolled back', async () => {
    await project.writeMigration('1_broken', 'SELECT 1/0;');
    expect((await project.prisma('migrate deploy')).output).toContain('division by zero');
    expect((await project.prisma('migrate resolve --rolled-back 1_broken')).code).toBe(0);

    await project.writeMigration('1_broken', CREATE);
    expect((await project.prisma('migrate deploy')).code).toBe(0);
  });

  it('takes functions, quoted semicolons and comments as they are', async () => {
    await project.writeMigration(
      '1_functions',
      `${CREATE}
      -- a comment; with a semicolon
      CREATE FUNCTION answer() RETURNS text LANGUAGE plpgsql AS $$
      DECLARE part text := 'a;b';
      BEGIN
        PERFORM 1; RETURN part || $q$;c$q$;
      END $$;
      DO $body$ BEGIN INSERT INTO "Thing" VALUES (1); INSERT INTO "Thing" VALUES (2); END $body$;
      COMMENT ON TABLE "Thing" IS 'one; two';`,
    );
    expect((await project.prisma('migrate deploy')).code).toBe(0);
    expect(await project.query('SELECT answer(), (SELECT count(*)::int FROM "Thing") AS things')).toEqual([
      { answer: 'a;b;c', things: 2 },
    ]);
  });

  it('writes and applies a new migration in development', async () => {
    const created = await project.prisma('migrate dev --name things');
    expect(created.output).toContain('_things');
    expect(created.code).toBe(0);

    await project.writeSchema('id Int @id', 'name String?');
    expect((await project.prisma('migrate dev --name names')).code).toBe(0);

    const names = (await readdir(join(project.folder, 'migrations'))).filter((name) => name.includes('_names'));
    expect(names).toHaveLength(1);
    expect(await project.query('SELECT id, name FROM "Thing"')).toEqual([]);
  });

  it('applies what is pending and writes what has changed since, in one go', async () => {
    await project.writeMigration('1_things', CREATE);
    await project.writeSchema('id Int @id', 'name String?');
    expect(await project.prisma('migrate dev --name names')).toMatchObject({ code: 0 });
    expect(await project.query('SELECT id, name FROM "Thing"')).toEqual([]);
  });

  it('empties every schema on reset and migrates again', async () => {
    await project.writeMigration('1_things', `${CREATE} CREATE SCHEMA aside; CREATE TABLE aside.kept (id int);`);
    await project.prisma('migrate deploy');
    await project.query('INSERT INTO "Thing" VALUES (1)');

    expect(await project.prisma('migrate reset --force')).toMatchObject({ code: 0 });
    expect(await project.query('SELECT id FROM "Thing"')).toEqual([]);
  });

  it('creates a database that is missing', async () => {
    await project.writeMigration('1_things', CREATE);
    const url = new URL(project.databaseUrl);
    const missing = `${url.pathname.slice(1)}_new`;
    url.pathname = `/${missing}`;

    const before = await project.prisma('migrate status', { DATABASE_OWNER_URL: url.href });
    expect(before.output).toContain('P1003');

    const deployed = await project.prisma('migrate deploy', { DATABASE_OWNER_URL: url.href });
    expect(deployed.code).toBe(0);
    await project.query(`DROP DATABASE ${missing} WITH (FORCE)`);
  });

  it('works in the schema that the URL names', async () => {
    await project.writeMigration('1_things', CREATE);
    const env = { DATABASE_OWNER_URL: `${project.databaseUrl}?schema=core` };
    expect((await project.prisma('migrate deploy', env)).code).toBe(0);
    expect((await project.prisma('migrate status', env)).output).toContain('Database schema is up to date');
    expect(
      await project.query(
        `SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('core', 'public') ORDER BY 2`,
      ),
    ).toEqual([
      { schemaname: 'core', tablename: 'Thing' },
      { schemaname: 'core', tablename: '_prisma_migrations' },
    ]);
  });

  it('pushes and pulls', async () => {
    expect((await project.prisma('db push')).code).toBe(0);
    await project.query('ALTER TABLE "Thing" ADD COLUMN planted text CHECK (planted <> \'\')');

    const pulled = await project.prisma('db pull --print');
    expect(pulled.code).toBe(0);
    expect(pulled.output).toMatch(/planted\s+String\?/);
  });

  it('fails with a code when nothing answers at the address', async () => {
    const { code, output } = await project.prisma('migrate status', {
      DATABASE_OWNER_URL: 'postgresql://nobody@127.0.0.1:1/none',
    });
    expect(code).toBe(1);
    expect(output).toContain('P1001');
  });
});
