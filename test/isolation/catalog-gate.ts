/** Tables that belong to no tenant, each with a policy per role instead. */
export const GLOBAL_TABLES = [
  '_prisma_migrations',
  'tenants',
  'tenant_provisioning_steps',
  'platform_admins',
  'platform_sessions',
  'platform_login_attempts',
  'platform_sign_in_networks',
  'platform_idempotency_records',
  'rate_limit_counters',
];

/** Functions that run with their owner's rights: each was read with an attacker's eyes. */
export const REVIEWED_DEFINERS = [
  'app.enter_tenant(text)',
  'app.schema_state()',
  'app.unprotected_tables()',
  'app.resolve_tenant(text,text)',
  'app.delete_rows_of_tenant(uuid,text,boolean,integer)',
];

/**
 * Everything in the catalog that would weaken isolation, as rows of (object, problem); none is expected.
 * $1: global tables, $2: reviewed SECURITY DEFINER functions. Looks at the schemas `public` and `app`.
 */
export const CATALOG_GATE = `
WITH roles(name) AS (VALUES ('tenantry_app'), ('tenantry_platform')),
every_table AS (
  SELECT c.oid, c.relname, c.oid::regclass AS t, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced, c.relowner, c.relispartition
  FROM pg_class c WHERE c.relnamespace::regnamespace::text IN ('public', 'app') AND c.relkind IN ('r', 'p')
),
tt AS (SELECT * FROM every_table WHERE relname <> ALL ($1))
SELECT t::text AS object, 'row level security is not enabled and forced' AS problem
  FROM every_table WHERE NOT (enabled AND forced) AND NOT relispartition AND relname <> '_prisma_migrations'
UNION ALL SELECT t::text, 'no column tenant_id uuid NOT NULL' FROM tt WHERE NOT EXISTS (
  SELECT FROM pg_attribute a WHERE a.attrelid = tt.oid AND a.attname = 'tenant_id' AND a.attnotnull AND a.atttypid = 'uuid'::regtype)
UNION ALL SELECT t::text, 'tenant_id has no default app.tenant_id()' FROM tt WHERE NOT EXISTS (
  SELECT FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  WHERE d.adrelid = tt.oid AND a.attname = 'tenant_id' AND pg_get_expr(d.adbin, d.adrelid) = 'app.tenant_id()')
UNION ALL SELECT t::text, 'no restrictive floor for everybody' FROM tt WHERE NOT relispartition AND NOT EXISTS (
  SELECT FROM pg_policy p WHERE p.polrelid = tt.oid AND NOT p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
    AND pg_get_expr(p.polqual, p.polrelid) ~ '^\\(tenant_id = \\( ?SELECT app\\.tenant_id\\(\\) AS tenant_id\\)\\)$'
    AND pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))
UNION ALL SELECT i.indrelid::regclass::text, 'unique index does not start with tenant_id: ' || i.indexrelid::regclass FROM pg_index i JOIN tt ON tt.oid = i.indrelid
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisunique AND a.attname <> 'tenant_id'
UNION ALL SELECT i.indrelid::regclass::text, 'unique index over an expression: ' || i.indexrelid::regclass FROM pg_index i JOIN tt ON tt.oid = i.indrelid
  WHERE i.indisunique AND i.indkey[0] = 0
UNION ALL SELECT k.conrelid::regclass::text, 'foreign key without tenant_id: ' || k.conname FROM pg_constraint k JOIN tt a ON a.oid = k.conrelid JOIN tt b ON b.oid = k.confrelid
  WHERE k.contype = 'f' AND NOT EXISTS (
    SELECT FROM unnest(k.conkey, k.confkey) u(x, y)
    JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = u.x JOIN pg_attribute g ON g.attrelid = k.confrelid AND g.attnum = u.y
    WHERE f.attname = 'tenant_id' AND g.attname = 'tenant_id')
UNION ALL SELECT k.conrelid::regclass::text, 'a global table refers to a tenant table: ' || k.conname FROM pg_constraint k JOIN tt b ON b.oid = k.confrelid
  WHERE k.contype = 'f' AND k.conrelid NOT IN (SELECT oid FROM tt)
UNION ALL SELECT t::text, r.name || ' may ' || p FROM every_table, roles r, unnest('{TRUNCATE,REFERENCES,TRIGGER}'::text[]) p
  WHERE has_table_privilege(r.name, every_table.oid, p)
UNION ALL SELECT t::text, 'the worker role may read it' FROM every_table WHERE has_table_privilege('tenantry_worker', oid, 'SELECT')
UNION ALL SELECT t::text, 'tenantry_app may touch a global table' FROM every_table
  WHERE relname = ANY ($1) AND relname <> 'tenants' AND (has_table_privilege('tenantry_app', oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege('tenantry_app', oid, 'SELECT, INSERT, UPDATE'))
UNION ALL SELECT t::text, 'a partition is granted directly' FROM tt, roles r WHERE relispartition AND has_table_privilege(r.name, tt.oid, 'SELECT')
UNION ALL SELECT t::text, 'owned by ' || o.rolname FROM every_table JOIN pg_roles o ON o.oid = relowner WHERE o.rolname <> 'tenantry_owner'
UNION ALL SELECT c.oid::regclass::text, 'view without security_invoker' FROM pg_class c WHERE c.relnamespace::regnamespace::text IN ('public', 'app') AND c.relkind = 'v'
  AND NOT coalesce('security_invoker=true' = ANY (c.reloptions) OR 'security_invoker=on' = ANY (c.reloptions), false)
UNION ALL SELECT c.oid::regclass::text, 'materialized view is readable' FROM pg_class c, roles r WHERE c.relnamespace::regnamespace::text IN ('public', 'app')
  AND c.relkind = 'm' AND has_table_privilege(r.name, c.oid, 'SELECT')
UNION ALL SELECT p.oid::regprocedure::text, 'SECURITY DEFINER function that was not reviewed' FROM pg_proc p
  WHERE p.pronamespace::regnamespace::text IN ('public', 'app') AND p.prosecdef AND p.oid::regprocedure::text <> ALL ($2)
UNION ALL SELECT p.oid::regprocedure::text, 'SECURITY DEFINER function without a pinned search_path' FROM pg_proc p
  WHERE p.prosecdef AND p.pronamespace::regnamespace::text IN ('public', 'app', 'jobs') AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%pg_temp')
UNION ALL SELECT p.oid::regprocedure::text, 'everybody may execute it' FROM pg_proc p
  WHERE p.pronamespace::regnamespace::text IN ('public', 'app', 'jobs') AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) x WHERE x.grantee = 0))
UNION ALL SELECT r.rolname, 'role has rights it must not have' FROM pg_roles r
  WHERE r.rolname IN ('tenantry_owner', 'tenantry_app', 'tenantry_platform', 'tenantry_worker') AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication)
UNION ALL SELECT m.member::regrole::text, 'is a member of ' || m.roleid::regrole FROM pg_auth_members m
  WHERE m.member::regrole::text IN ('tenantry_app', 'tenantry_platform', 'tenantry_worker')
ORDER BY 1, 2`;
