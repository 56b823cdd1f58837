import { bareWrites, newerThanOldest, unprotectedTables } from '../../scripts/db/migration-laws.ts';
import { splitSql } from '../../scripts/db/sql-statements.ts';
import { sourceFiles } from './source-files.js';

const scripts = sourceFiles(['prisma'], ['.sql']).sort((a, b) => a.path.localeCompare(b.path));

describe('the SQL of migrations', () => {
  it('runs on PostgreSQL 15', () => {
    expect(scripts.length).toBeGreaterThan(1);
    expect(scripts.flatMap(({ path, text }) => newerThanOldest(text).map((problem) => `${path} ${problem}`))).toEqual(
      [],
    );
  });

  it.each([
    'ALTER TABLE t ADD COLUMN id uuid DEFAULT uuidv7()',
    'CREATE FUNCTION f() RETURNS uuid LANGUAGE sql AS $$ SELECT uuidv7() $$',
    'ALTER TABLE t ADD COLUMN sum int GENERATED ALWAYS AS (a + b) VIRTUAL',
    'SELECT any_value(name) FROM t GROUP BY id',
    'ALTER TABLE t ADD CHECK (payload IS JSON)',
    "SELECT * FROM json_table(x, '$[*]' COLUMNS (id int))",
    'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE RETURNING t.id',
    'UPDATE t SET a = 1 RETURNING old.a',
    'GRANT MAINTAIN ON t TO someone',
    "SET transaction_timeout = '5s'",
    'ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id, during WITHOUT OVERLAPS)',
  ])('would be caught using something newer: %s', (sql) => {
    expect(newerThanOldest(`SELECT 1;\n${sql};`)).toEqual([
      expect.stringMatching(/^line 2: .* is new in PostgreSQL 1[678]$/),
    ]);
  });

  it('may use what PostgreSQL 15 has', () => {
    const sql = `CREATE UNIQUE INDEX k ON t (tenant_id, a) NULLS NOT DISTINCT; -- uuidv7() would be new
      MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN DO NOTHING;
      SELECT json_agg(x), json_build_object('a', 1), gen_random_uuid() FROM t;`;
    expect(newerThanOldest(sql)).toEqual([]);
  });

  it('never writes rows of tenants outside app.for_each_tenant', () => {
    expect(bareWrites(scripts)).toEqual([]);
  });

  const PROTECT = "INSERT INTO labels VALUES (1); SELECT app.protect_table('labels');";
  it.each([
    'UPDATE labels SET name = upper(name)',
    'DELETE FROM ONLY public.labels',
    'INSERT INTO "labels" (name) SELECT name FROM old_labels',
    'WITH gone AS (DELETE FROM labels RETURNING id) SELECT count(*) FROM gone',
    'DO $$ BEGIN UPDATE labels SET name = NULL; END $$',
    "DO $do$ BEGIN EXECUTE 'UPDATE labels SET name = NULL'; END $do$",
  ])('would be caught writing bare: %s', (sql) => {
    const planted = [
      { path: '1', text: PROTECT },
      { path: '2', text: `SELECT 1;\n${sql};` },
    ];
    expect(bareWrites(planted)).toEqual(['2 line 2: writes labels outside app.for_each_tenant']);
  });

  it.each([
    "SELECT app.for_each_tenant('UPDATE labels SET name = upper(name)')",
    'SELECT app.for_each_tenant($$ DELETE FROM labels $$)',
    "DO $$ BEGIN PERFORM app.for_each_tenant('UPDATE labels SET name = NULL'); END $$",
    'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ UPDATE labels SET name = NULL $$',
    'CREATE TRIGGER t BEFORE UPDATE ON labels FOR EACH ROW EXECUTE FUNCTION f()',
    'UPDATE plans SET name = NULL',
  ])('may: %s', (sql) => {
    expect(bareWrites([{ path: '1', text: `${PROTECT} ${sql};` }])).toEqual([]);
  });
});

describe('the tables of tenants', () => {
  const CREATE = 'CREATE TABLE "labels" ("tenant_id" UUID NOT NULL, "name" TEXT);';

  it('are all protected', () => {
    expect(unprotectedTables(scripts)).toEqual([]);
  });

  it('would be caught unprotected, with the line to add', () => {
    expect(unprotectedTables([{ path: 'a.sql', text: `SELECT 1;\n${CREATE}` }])).toEqual([
      "a.sql line 2: the table labels is not protected, so every tenant would see its rows. Add to the file: SELECT app.protect_table('labels');",
    ]);
  });

  it('may be protected by a later migration', () => {
    const later = { path: 'b.sql', text: "SELECT app.protect_table('labels', 'SELECT, INSERT');" };
    expect(unprotectedTables([{ path: 'a.sql', text: CREATE }, later])).toEqual([]);
  });

  it('are those with a tenant_id', () => {
    expect(unprotectedTables([{ path: 'a.sql', text: 'CREATE TABLE plans (name text);' }])).toEqual([]);
  });
});

describe('splitting SQL', () => {
  it('stops at the semicolons at which PostgreSQL stops', () => {
    const script = `-- first; comment
      SELECT ';', "a;b", $$;$$, $x$ $$;$$ $x$, E'\\';' /* ; */; SELECT 2`;
    expect(splitSql(script).map(({ line, code }) => `${line} ${code.replace(/\s+/g, ' ')}`)).toEqual([
      `2 SELECT '', "a;b", '', '', ''`,
      '2 SELECT 2',
    ]);
  });
});
