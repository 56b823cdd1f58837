import pg from 'pg';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase, testDatabase } from '../support/test-database.js';
import { CATALOG_GATE, GLOBAL_TABLES, REVIEWED_DEFINERS } from './catalog-gate.js';

interface Finding {
  object: string;
  problem: string;
}

async function findings(database: TestDatabase): Promise<Finding[]> {
  const client = new pg.Client(database.adminUrl);
  await client.connect();
  try {
    return (await client.query<Finding>(CATALOG_GATE, [GLOBAL_TABLES, REVIEWED_DEFINERS])).rows;
  } finally {
    await client.end();
  }
}

/** Tables whose rows never change, or are only read: what tenantry_app and tenantry_platform may do to them. */
const NARROWED = {
  audit_log: 'INSERT, SELECT',
  lua_script_versions: 'DELETE, INSERT, SELECT',
  tenancy_probe: 'SELECT',
  workflow_run_events: 'DELETE, INSERT, SELECT',
  workflow_versions: 'DELETE, INSERT, SELECT',
};
const TENANT_TABLE_PRIVILEGES = `
  SELECT c.relname AS name, string_agg(DISTINCT x.privilege_type, ', ' ORDER BY x.privilege_type) AS privileges
  FROM pg_class c, aclexplode(c.relacl) x
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ($1)
    AND x.grantee::regrole::text IN ('tenantry_app', 'tenantry_platform')
  GROUP BY 1 ORDER BY 1`;

describe('the catalog of the database', () => {
  it('has nothing that would weaken isolation', async () => {
    expect(await findings(await testDatabase())).toEqual([]);
  });

  it('lets the application do everything to the rows of a tenant, but for the tables listed here', async () => {
    const client = new pg.Client((await testDatabase()).adminUrl);
    await client.connect();
    const { rows } = await client.query<{ name: string; privileges: string }>(TENANT_TABLE_PRIVILEGES, [GLOBAL_TABLES]);
    await client.end();
    const narrow = rows.filter(({ privileges }) => privileges !== 'DELETE, INSERT, SELECT, UPDATE');
    expect(Object.fromEntries(narrow.map(({ name, privileges }) => [name, privileges]))).toEqual(NARROWED);
  });

  it('holds a protected table, or a listed global one, for every model', async () => {
    const client = new pg.Client((await testDatabase()).adminUrl);
    await client.connect();
    const { rows } = await client.query<{ relname: string }>(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> '_prisma_migrations' ORDER BY 1`,
    );
    await client.end();
    expect(rows).toHaveLength(Object.keys(Prisma.ModelName).length);
  });
});

describe('the check of the catalog', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => dropTestDatabase(database));

  const GOOD = 'CREATE TABLE planted (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))';
  const PROTECTED = `${GOOD}; SELECT app.protect_table('planted')`;
  const defects: [string, string, string][] = [
    ['a table without protection', GOOD, 'row level security is not enabled and forced'],
    ['a table without tenant_id', 'CREATE TABLE planted (id uuid PRIMARY KEY)', 'no column tenant_id uuid NOT NULL'],
    [
      'protection that is not forced',
      `${PROTECTED}; ALTER TABLE planted NO FORCE ROW LEVEL SECURITY`,
      'row level security is not enabled and forced',
    ],
    ['a dropped floor', `${PROTECTED}; DROP POLICY tenant_isolation ON planted`, 'no restrictive floor for everybody'],
    [
      'a floor with a hole',
      `${PROTECTED}; ALTER POLICY tenant_isolation ON planted USING (true)`,
      'no restrictive floor for everybody',
    ],
    [
      'a lost default',
      `${PROTECTED}; ALTER TABLE planted ALTER tenant_id DROP DEFAULT`,
      'tenant_id has no default app.tenant_id()',
    ],
    [
      'a unique index across tenants',
      `${PROTECTED}; CREATE UNIQUE INDEX planted_id ON planted (id)`,
      'unique index does not start with tenant_id: planted_id',
    ],
    [
      'a foreign key across tenants',
      `${PROTECTED}; CREATE TABLE child (tenant_id uuid, id uuid, parent uuid, parent_tenant uuid, PRIMARY KEY (tenant_id, id), CONSTRAINT loose FOREIGN KEY (parent_tenant, parent) REFERENCES planted (tenant_id, id)); SELECT app.protect_table('child')`,
      'foreign key without tenant_id: loose',
    ],
    ['a right to truncate', `${PROTECTED}; GRANT TRUNCATE ON planted TO tenantry_app`, 'tenantry_app may TRUNCATE'],
    [
      'a right on a global table',
      'GRANT SELECT (email) ON platform_admins TO tenantry_app',
      'tenantry_app may touch a global table',
    ],
    ['a view with its owner’s rights', 'CREATE VIEW planted AS SELECT * FROM users', 'view without security_invoker'],
    [
      'a materialized view',
      'CREATE MATERIALIZED VIEW planted AS SELECT * FROM users; GRANT SELECT ON planted TO tenantry_app',
      'materialized view is readable',
    ],
    [
      'an unreviewed definer function',
      `CREATE FUNCTION app.planted() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1'`,
      'SECURITY DEFINER function that was not reviewed',
    ],
    [
      'a function for everybody',
      `CREATE FUNCTION app.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION app.planted() TO PUBLIC`,
      'everybody may execute it',
    ],
  ];

  it.each(defects)('finds a planted defect: %s', async (_, sql, problem) => {
    const owner = new pg.Client(database.ownerUrl);
    await owner.connect();
    const admin = new pg.Client(database.adminUrl);
    await admin.connect();
    try {
      await owner.query(sql);
      expect((await findings(database)).map((finding) => finding.problem)).toContain(problem);
    } finally {
      await owner.end();
      await admin.query(`DROP MATERIALIZED VIEW IF EXISTS planted`).catch(() => undefined);
      await admin.query(`DROP VIEW IF EXISTS planted`).catch(() => undefined);
      await admin.query(`DROP TABLE IF EXISTS child, planted`).catch(() => undefined);
      await admin.query(
        `DROP FUNCTION IF EXISTS app.planted(); REVOKE SELECT (email) ON platform_admins FROM tenantry_app`,
      );
      await admin.end();
    }
  });

  it('is spared tables that are not fit for protection: protect_table refuses them', async () => {
    const owner = new pg.Client(database.ownerUrl);
    await owner.connect();
    const protect = async (ddl: string): Promise<unknown> => {
      try {
        return await owner.query(`BEGIN; ${ddl}; SELECT app.protect_table('odd'); COMMIT`);
      } finally {
        await owner.query('ROLLBACK');
      }
    };
    await expect(protect('CREATE TABLE odd (id uuid PRIMARY KEY)')).rejects.toThrow('has no column "tenant_id uuid"');
    await expect(protect('CREATE TABLE odd (id uuid PRIMARY KEY, tenant_id uuid)')).rejects.toThrow(
      'must start with tenant_id',
    );
    await expect(protect('CREATE TABLE odd (tenant_id uuid)')).rejects.toThrow('has no primary key');
    await owner.end();
  });
});
