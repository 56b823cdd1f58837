import pg from 'pg';
import type { Config } from '../../src/common/config/config.js';
import { createTestDatabase, dropTestDatabase } from './test-database.js';
import { adminPool } from './admin-pool.js';

/** What the platform's role may take for a statement in this world; every tenth row of the audit log takes a millisecond. */
export const TIMEOUT_MS = 1500;

/** Tables that no module knows of: one that refers to itself, and two that refer to each other. */
export const PLANTED_TABLES = ['planted_left', 'planted_right', 'planted_tree'];

const PLANTED = `
  CREATE TABLE planted_tree (tenant_id uuid NOT NULL, id int, parent int, PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, parent) REFERENCES planted_tree (tenant_id, id));
  CREATE INDEX ON planted_tree (tenant_id, parent);
  CREATE TABLE planted_left (tenant_id uuid NOT NULL, id int, other int, PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE);
  CREATE TABLE planted_right (LIKE planted_left INCLUDING ALL,
    FOREIGN KEY (tenant_id, other) REFERENCES planted_left (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE);
  ALTER TABLE planted_left ADD FOREIGN KEY (tenant_id, other) REFERENCES planted_right (tenant_id, id);
  SELECT app.protect_table('planted_tree', 'SELECT'), app.protect_table('planted_left', 'SELECT'),
    app.protect_table('planted_right', 'SELECT')`;

const SLOW = `
  CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.001); RETURN NULL; END $$;
  CREATE TRIGGER slow AFTER DELETE ON audit_log FOR EACH ROW WHEN (OLD.target_id LIKE '%0') EXECUTE FUNCTION slow()`;

/** $1: the tenant, $2: rows of the log; the others are fewer. */
const FILL = [
  `INSERT INTO audit_log (tenant_id, id, actor_kind, action, target_id)
     SELECT $1::uuid, gen_random_uuid(), 'system', 'test', n::text FROM generate_series(1, $2::int) n`,
  `INSERT INTO users (tenant_id, id, username, email)
     SELECT $1::uuid, gen_random_uuid(), 'u' || n, 'u' || n || '@example.test' FROM generate_series(1, $2::int / 10) n`,
  `INSERT INTO workflows (tenant_id, id, name, user_id)
     SELECT tenant_id, gen_random_uuid(), 'w', id FROM users WHERE tenant_id = $1 AND role = 'owner' AND $2::int > 0`,
  `INSERT INTO workflow_versions (tenant_id, workflow_id, number, definition)
     SELECT tenant_id, id, 1, '{}' FROM workflows WHERE tenant_id = $1 AND $2::int > 0`,
  `INSERT INTO workflow_runs (tenant_id, id, workflow_id, workflow_version)
     SELECT tenant_id, gen_random_uuid(), id, 1 FROM workflows WHERE tenant_id = $1 AND $2::int > 0`,
  `INSERT INTO workflow_run_events (tenant_id, run_id, seq, type)
     SELECT tenant_id, id, n, 'test' FROM workflow_runs, generate_series(1, $2::int) n WHERE tenant_id = $1`,
  `INSERT INTO planted_tree SELECT $1::uuid, n, nullif(n / 10, 0) FROM generate_series(1, $2::int) n`,
  `INSERT INTO planted_left SELECT $1::uuid, n FROM generate_series(1, least($2::int, 50)) n`,
  `INSERT INTO planted_right SELECT $1::uuid, id, id FROM planted_left WHERE tenant_id = $1 AND $2::int > 0`,
  // One pair that nothing but a single statement can part with.
  `UPDATE planted_left SET other = 1 WHERE tenant_id = $1 AND id = 1 AND $2::int > 0`,
];

const TABLES = `
  SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1`;

/** A database in which one statement cannot delete a large tenant in time, with tables that the program has never heard of. */
export interface LargeTenantWorld {
  config: Partial<Config>;
  /** Gives a tenant so many rows in its log, and others elsewhere. */
  fill(tenant: { id: string }, rows: number): Promise<void>;
  /** How many rows the tenant has, by table, where it has any. */
  rowsOf(tenant: { id: string }): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export async function createLargeTenantWorld(): Promise<LargeTenantWorld> {
  const database = await createTestDatabase();
  const owner = new pg.Client(database.ownerUrl);
  await owner.connect();
  await owner.query(`${PLANTED}; ${SLOW}`);
  await owner.end();
  const admin = adminPool(database.adminUrl, 1);
  const platformUrl = new URL(database.platformUrl);
  platformUrl.searchParams.set('options', `-c statement_timeout=${TIMEOUT_MS}`);
  return {
    config: {
      DATABASE_URL: database.appUrl,
      DATABASE_PLATFORM_URL: platformUrl.toString(),
      DATABASE_WORKER_URL: database.workerUrl,
    },
    async fill({ id }, rows) {
      for (const statement of FILL) await admin.query(statement, [id, rows]);
      // As autovacuum does it sooner or later. Until then, each foreign key may be checked by reading the whole table.
      await admin.query('ANALYZE');
    },
    async rowsOf({ id }) {
      const { rows: tables } = await admin.query<{ name: string }>(TABLES);
      const counts: Record<string, number> = {};
      for (const { name } of tables) {
        const { rows } = await admin.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM ${name} WHERE tenant_id = $1`,
          [id],
        );
        if (rows[0]!.n > 0) counts[name] = rows[0]!.n;
      }
      return counts;
    },
    async close() {
      await admin.end();
      await dropTestDatabase(database);
    },
  };
}
