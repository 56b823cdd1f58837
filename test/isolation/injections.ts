/** A place in a statement where an attacker's expression may end up, and be evaluated. */
export type Place = (expression: string) => string;

/** Data statements on `users`, each with the expression in another place. All of them run if the expression may. */
export const PLACES: Record<string, Place> = {
  'the select list': (x) => `SELECT id, bio, ${x} FROM users`,
  'a sub-select': (x) => `SELECT id, bio, (SELECT ${x}) FROM users`,
  WHERE: (x) => `SELECT id, bio FROM users WHERE coalesce(${x}, '') IS NOT NULL`,
  'an OR that is always true': (x) => `SELECT id, bio FROM users WHERE (SELECT ${x}) IS NULL OR bio IS NOT NULL`,
  'a CTE': (x) => `WITH hop AS MATERIALIZED (SELECT ${x} AS x) SELECT id, bio FROM hop, users`,
  'a CTE that writes': (x) =>
    `WITH hop AS (UPDATE users SET bio = bio RETURNING ${x} AS x) SELECT u.id, u.bio FROM users u, hop`,
  'a recursive CTE': (x) =>
    `WITH RECURSIVE hop (n, x) AS (SELECT 1, ${x} UNION ALL SELECT n + 1, x FROM hop WHERE n < 2) SELECT u.id, u.bio FROM users u, hop`,
  'a function in FROM': (x) => `SELECT u.id, u.bio FROM coalesce(${x}) hop, users u`,
  'a LATERAL join': (x) => `SELECT u.id, u.bio FROM users u, LATERAL (SELECT ${x} || u.id::text) hop`,
  'a join before the table': (x) => `SELECT u.id, u.bio FROM (SELECT ${x} AS x OFFSET 0) hop CROSS JOIN users u`,
  'a UNION': (x) => `SELECT NULL::uuid AS id, ${x} AS bio UNION ALL SELECT id, bio FROM users`,
  'ORDER BY': (x) => `SELECT id, bio FROM users ORDER BY ${x} || id::text`,
  'GROUP BY': (x) => `SELECT max(bio) AS bio FROM users GROUP BY ${x} || id::text`,
  HAVING: (x) => `SELECT max(bio) AS bio FROM users HAVING max(${x}) IS NOT NULL OR max(bio) IS NOT NULL`,
  LIMIT: (x) => `SELECT id, bio FROM users LIMIT 100 + length(coalesce(${x}, ''))`,
  OFFSET: (x) => `SELECT id, bio FROM users OFFSET 0 * length(coalesce(${x}, ''))`,
  'an aggregate’s FILTER': (x) => `SELECT max(bio) FILTER (WHERE coalesce(${x}, '') IS NOT NULL) AS bio FROM users`,
  'a window': (x) => `SELECT id, bio, count(*) OVER (PARTITION BY ${x}) FROM users`,
  'DISTINCT ON': (x) => `SELECT DISTINCT ON (${x} || id::text) id, bio FROM users`,
  'an array': (x) => `SELECT id, bio, ARRAY(SELECT ${x} FROM generate_series(1, 2)) FROM users`,
  CASE: (x) => `SELECT id, bio, CASE WHEN id IS NOT NULL THEN ${x} END FROM users`,
  VALUES: (x) => `SELECT u.id, u.bio FROM (VALUES (${x})) AS hop (x), users u`,
  'EXISTS in EXPLAIN ANALYZE': (x) => `EXPLAIN (ANALYZE, VERBOSE) SELECT bio, ${x} FROM users`,
  'SET of an UPDATE': (x) => `UPDATE users SET display_name = ${x} RETURNING id, bio`,
  'RETURNING of an UPDATE': (x) => `UPDATE users SET bio = bio RETURNING id, bio, ${x}`,
  'FROM of an UPDATE': (x) => `UPDATE users u SET bio = u.bio FROM (SELECT ${x} AS x) hop RETURNING u.id, u.bio`,
  'WHERE of a DELETE': (x) => `DELETE FROM users WHERE username = 'nobody' || ${x} RETURNING id, bio`,
  'USING of a DELETE': (x) =>
    `DELETE FROM users u USING (SELECT ${x} AS x) hop WHERE u.username = 'nobody' || hop.x RETURNING u.id, u.bio`,
  'INSERT … SELECT': (x) =>
    `INSERT INTO users (id, username, email, bio) SELECT gen_random_uuid(), 'injected', 'injected@example.test', '1' || ${x} ON CONFLICT DO NOTHING RETURNING id, bio`,
  'ON CONFLICT DO UPDATE': (x) =>
    `INSERT INTO users (id, username, email) VALUES (gen_random_uuid(), 'owner', 'new@demo.test') ON CONFLICT (tenant_id, username) DO UPDATE SET display_name = ${x} RETURNING id, bio`,
  MERGE: (x) =>
    `MERGE INTO users u USING (SELECT 'owner' AS username) s ON u.username = s.username WHEN MATCHED THEN UPDATE SET display_name = ${x}`,
};

/** Expressions that would change the tenant, of type text. */
export const HOPS: Record<string, (tenantId: string) => string> = {
  enter_tenant: (id) => `app.enter_tenant('${id}')::text`,
  'set_config for the transaction': (id) => `set_config('app.tenant_id', '${id}', true)`,
  'set_config for the session': (id) => `pg_catalog.set_config('app.tenant_id', '${id}', false)`,
};

/** Functions that run SQL given as text; what they are given is refused like any other, or comes to nothing. */
export const RUNNERS: Record<string, (sql: string) => string> = {
  query_to_xml: (sql) => `SELECT query_to_xml($q$${sql}$q$, true, false, '')::text AS bio`,
  ts_stat: (sql) => `SELECT word AS bio FROM ts_stat($q$${sql}$q$)`,
  ts_rewrite: (sql) => `SELECT ts_rewrite('a'::tsquery, $q$${sql}$q$)::text AS bio`,
};

/** Whole statements with which an attacker would make means of his own, and who refuses them. */
export const MEANS: Record<string, [sql: string, sqlState: string]> = {
  'a DO block': [`DO $$ BEGIN PERFORM 1; END $$`, '42501'],
  'a function': [`CREATE FUNCTION public.hop() RETURNS int LANGUAGE sql AS 'SELECT 1'`, '42501'],
  'a function beside ours': [`CREATE FUNCTION app.hop() RETURNS int LANGUAGE sql AS 'SELECT 1'`, '42501'],
  'a function in the queue’s schema': [`CREATE FUNCTION jobs.hop() RETURNS int LANGUAGE sql AS 'SELECT 1'`, '42501'],
  'a function in place of ours': [
    `CREATE OR REPLACE FUNCTION app.tenant_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'`,
    '42501',
  ],
  'a temporary function': [`CREATE FUNCTION pg_temp.hop() RETURNS int LANGUAGE sql AS 'SELECT 1'`, '42501'],
  'a temporary table': ['CREATE TEMPORARY TABLE hop (id int)', '42501'],
  'a temporary view': ['CREATE TEMPORARY VIEW hop AS SELECT 1 AS one', '42501'],
  'a view': ['CREATE VIEW hop AS SELECT * FROM users', '42501'],
  'a table': ['CREATE TABLE hop (id int)', '42501'],
  'a schema': ['CREATE SCHEMA hop', '42501'],
  'a domain with a check': [`CREATE DOMAIN hop AS text CHECK (length(VALUE) > 0)`, '42501'],
  'a type': ['CREATE TYPE hop AS (id int)', '42501'],
  'an operator': ['CREATE OPERATOR public.=== (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)', '42501'],
  'a cast': ['CREATE CAST (text AS uuid) WITH INOUT', '42501'],
  'an extension that reaches other servers': ['CREATE EXTENSION dblink', '42501'],
  'an extension that reads files': ['CREATE EXTENSION file_fdw', '42501'],
  'a language': ['CREATE EXTENSION plperl', '42501'],
  'a library': [`LOAD 'auto_explain'`, '42501'],
  'a policy': ['CREATE POLICY hop ON users USING (true)', '42501'],
  'an altered policy': ['ALTER POLICY tenant_isolation ON users USING (true)', '42501'],
  'a dropped policy': ['DROP POLICY tenant_isolation ON users', '42501'],
  'row level security switched off': ['ALTER TABLE users DISABLE ROW LEVEL SECURITY', '42501'],
  'a trigger': [
    'CREATE TRIGGER hop BEFORE INSERT ON users EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    '42501',
  ],
  'a rule': ['CREATE RULE hop AS ON SELECT TO users DO INSTEAD NOTHING', '42501'],
  TRUNCATE: ['TRUNCATE users CASCADE', '42501'],
  'the owner’s role': ['SET ROLE tenantry_owner', '42501'],
  'the platform’s role': ['SET ROLE tenantry_platform', '42501'],
  'another session user': ['SET SESSION AUTHORIZATION tenantry_owner', '42501'],
  'membership in the owner': ['GRANT tenantry_owner TO tenantry_app', '42501'],
  'BYPASSRLS for itself': ['ALTER ROLE tenantry_app BYPASSRLS', '42501'],
  'a role': ['CREATE ROLE hop', '42501'],
  'a tenant for every new session': [
    `ALTER ROLE tenantry_app SET app.tenant_id = '00000000-0000-7000-8000-00000000000b'`,
    '42501',
  ],
  'a setting of the server': [`ALTER SYSTEM SET row_security = off`, '25001'],
  'a program that reads': [`COPY (SELECT 1) TO PROGRAM 'true'`, '42501'],
  'a program that writes': [`COPY users FROM PROGRAM 'true'`, '42501'],
  'a file of the server, written': [`COPY (SELECT 1) TO '/tmp/hop'`, '42501'],
  'a file of the server, read': [`SELECT pg_read_file('PG_VERSION') AS bio`, '42501'],
  'a folder of the server': [`SELECT pg_ls_dir('.') AS bio`, '42501'],
  'a file as a large object': [`SELECT lo_import('/etc/hostname') AS bio`, '42501'],
  'a large object as a file': [`SELECT lo_export(1, '/tmp/hop') AS bio`, '42501'],
  'bytes as a large object': [`SELECT lo_from_bytea(0, 'hop')::text AS bio`, '42501'],
  'a new large object': [`SELECT lo_creat(-1)::text AS bio`, '42501'],
  'the bytes of a large object': [`SELECT lo_get(1)::text AS bio`, '42501'],
  'a large object, opened': [`SELECT loread(lo_open(1, 262144), 9)::text AS bio`, '42501'],
  'the end of other connections': [`SELECT pg_terminate_backend(pid)::text AS bio FROM pg_stat_activity`, '42501'],
  'the end of other queries': [`SELECT pg_cancel_backend(pid)::text AS bio FROM pg_stat_activity`, '42501'],
  'another connection': [`SELECT * FROM dblink('host=127.0.0.1', 'SELECT 1') AS t (bio text)`, '42883'],
  'passwords of roles': ['SELECT rolpassword AS bio FROM pg_authid', '42501'],
  'raw statistics': ['SELECT stavalues1::text AS bio FROM pg_statistic', '42501'],
  'the queue': ['SELECT payload::text AS bio FROM jobs._private_jobs', '42501'],
  'the platform’s accounts': ['SELECT email AS bio FROM platform_admins', '42501'],
  'the platform’s jobs': [`SELECT jobs.enqueue_platform('tenant.delete', '{}')`, '42501'],
  'a job of no tenant’s kind': [`SELECT jobs.enqueue('tenant.delete', '{}')`, '42501'],
  'rows of a tenant on its way out': [
    `SELECT app.delete_rows_of_tenant('00000000-0000-7000-8000-00000000000b', 'public.users', false, 1)`,
    '42501',
  ],
  'a listed setting': [`UPDATE pg_settings SET setting = 'off' WHERE name = 'row_security'`, '42501'],
};
