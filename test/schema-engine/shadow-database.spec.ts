import { jest } from '@jest/globals';
import { testServer } from '../support/test-server.js';
import { createEmptyDatabase, dropDatabase, PrismaProject, queryDatabase } from './prisma-project.js';

jest.setTimeout(120_000);

describe('the shadow database', () => {
  const DIFF = 'migrate diff --from-migrations migrations --to-schema schema.prisma --exit-code';
  let project: PrismaProject;
  beforeEach(async () => {
    project = await PrismaProject.create();
    await project.writeMigration('1_things', 'CREATE TABLE "Thing" ("id" INTEGER PRIMARY KEY);');
    await project.prisma('migrate deploy');
    await project.query('INSERT INTO "Thing" VALUES (42)');
  });
  afterEach(() => project.remove());

  const mainIsUntouched = async (): Promise<void> => {
    expect(await project.query('SELECT id FROM "Thing"')).toEqual([{ id: 42 }]);
    expect(await project.query('SELECT migration_name FROM _prisma_migrations')).toEqual([
      { migration_name: '1_things' },
    ]);
  };

  it('is made for the command and dropped after it', async () => {
    // The migration marks the database in which it is replayed.
    const databases = `SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db_%'
      AND pg_catalog.shobj_description(oid, 'pg_database') = '${project.folder}'`;
    await project.writeMigration(
      '2_mark',
      `DO $$ BEGIN
        IF current_database() LIKE 'prisma_migrate_shadow_db_%' THEN
          EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), '${project.folder}');
        ELSE RAISE EXCEPTION 'replayed into %', current_database();
        END IF;
      END $$;`,
    );
    expect(await project.prisma(DIFF)).toMatchObject({ code: 0 });
    expect(await queryDatabase(testServer().adminUrl, databases)).toEqual([]);
    await mainIsUntouched();
  });

  it('is dropped, too, when a migration breaks in it', async () => {
    await project.writeMigration('2_broken', 'SELECT 1/0;');
    const { code, output } = await project.prisma(DIFF);
    expect(code).toBe(1);
    expect(output).toContain('P3006');
    expect(output).toContain('division by zero');
    await mainIsUntouched();
  });

  it('may be given, is emptied first and stays', async () => {
    const shadow = await createEmptyDatabase();
    try {
      await queryDatabase(shadow, 'CREATE SCHEMA leftover; CREATE TABLE "Thing" (id int)');
      expect(await project.prisma(DIFF, { SHADOW_DATABASE_URL: shadow })).toMatchObject({ code: 0 });
      expect(await project.prisma(DIFF, { SHADOW_DATABASE_URL: shadow })).toMatchObject({ code: 0 });
      expect(await queryDatabase(shadow, `SELECT to_regnamespace('leftover') AS found`)).toEqual([{ found: null }]);
    } finally {
      await dropDatabase(shadow);
    }
    await mainIsUntouched();
  });

  it('is refused when it is the main database, by whatever name', async () => {
    const other = new URL(project.databaseUrl);
    other.searchParams.set('application_name', 'another');
    for (const shadow of [project.databaseUrl, other.href]) {
      const { code, output } = await project.prisma(DIFF, { SHADOW_DATABASE_URL: shadow });
      expect(code).toBe(1);
      expect(output).toMatch(/shadow database.*main database/s);
    }
    await mainIsUntouched();
  });
});
