-- The tenancy layer: everything that keeps tenants apart and is not a table of its own.
-- Runs as tenantry_owner. The roles are made by `npm run db:setup`.

CREATE SCHEMA app;
REVOKE ALL ON SCHEMA app FROM PUBLIC;
GRANT USAGE ON SCHEMA app TO tenantry_app, tenantry_platform, tenantry_worker;
GRANT USAGE ON SCHEMA public TO tenantry_app, tenantry_platform;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The tenant of the running transaction, or NULL. Inlined by the planner: no SET clause, not SECURITY DEFINER.
-- A setting that was set once reads '' ever after, hence nullif.
CREATE FUNCTION app.tenant_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(pg_catalog.current_setting('app.tenant_id', true), '')::pg_catalog.uuid $$;
GRANT EXECUTE ON FUNCTION app.tenant_id() TO tenantry_app, tenantry_platform, tenantry_worker;

-- The only way in: for the rest of this transaction, and never from one tenant into another.
-- SECURITY DEFINER because the application's roles may not call set_config themselves.
CREATE FUNCTION app.enter_tenant(tenant text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  entered text := current_setting('app.tenant_id', true);
BEGIN
  IF tenant IS NULL THEN
    RAISE EXCEPTION 'no tenant to enter' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF entered IS NULL OR entered = '' THEN
    PERFORM set_config('app.tenant_id', tenant::uuid::text, true);
  ELSIF entered <> tenant THEN
    RAISE EXCEPTION 'this transaction has already entered another tenant' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.enter_tenant(text) TO tenantry_app, tenantry_platform;

-- Advisory locks of the current tenant, held to the end of the transaction.
CREATE FUNCTION app.lock_in_tenant(name text) RETURNS void LANGUAGE sql VOLATILE
  AS $$ SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(app.tenant_id()::text || ':' || name, 0)) $$;
CREATE FUNCTION app.try_lock_in_tenant(name text) RETURNS boolean LANGUAGE sql VOLATILE
  AS $$ SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended(app.tenant_id()::text || ':' || name, 0)) $$;
GRANT EXECUTE ON FUNCTION app.lock_in_tenant(text), app.try_lock_in_tenant(text) TO tenantry_app, tenantry_platform;

-- One call protects a table: `SELECT app.protect_table('labels');`
-- `privileges` narrows what the application may do, e.g. 'SELECT, INSERT' for an append-only table.
CREATE FUNCTION app.protect_table(target regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  odd text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = target AND attname = 'tenant_id'
                 AND atttypid = 'uuid'::regtype AND NOT attisdropped) THEN
    RAISE EXCEPTION 'table % has no column "tenant_id uuid"', target USING ERRCODE = 'invalid_table_definition';
  END IF;
  SELECT string_agg(i.indexrelid::regclass::text, ', ') INTO odd
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = target AND i.indisunique AND a.attname <> 'tenant_id';
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION 'unique indexes of % must start with tenant_id: %', target, odd USING ERRCODE = 'invalid_table_definition';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_index WHERE indrelid = target AND indisprimary) THEN
    RAISE EXCEPTION 'table % has no primary key', target USING ERRCODE = 'invalid_table_definition';
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s ALTER tenant_id SET DEFAULT app.tenant_id(), ALTER tenant_id SET NOT NULL', target);
  EXECUTE format('CREATE POLICY tenant_access ON %s AS PERMISSIVE FOR ALL
                  TO tenantry_app, tenantry_platform, tenantry_owner USING (true) WITH CHECK (true)', target);
  -- The floor. Restrictive and for everybody: no later permissive policy can widen it.
  EXECUTE format('CREATE POLICY tenant_isolation ON %s AS RESTRICTIVE FOR ALL TO PUBLIC
                  USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', target);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, tenantry_app, tenantry_platform', target);
  EXECUTE format('GRANT %s ON %s TO tenantry_app, tenantry_platform', privileges, target);
END $$;

-- Migrations finished and unfinished, for start-up and readiness; the application cannot read Prisma's table.
CREATE FUNCTION app.schema_state() RETURNS TABLE (migration text, finished boolean) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT m.migration_name::text, m.finished_at IS NOT NULL
    FROM public._prisma_migrations m WHERE m.rolled_back_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION app.schema_state() TO tenantry_app, tenantry_platform, tenantry_worker;

-- Tables with a tenant_id that are not protected, each with what is wrong. Start-up refuses to serve while there is one.
CREATE FUNCTION app.unprotected_tables() RETURNS TABLE (table_name text, problem text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  WITH tenant_table AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relrowsecurity, c.relforcerowsecurity, c.relispartition
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%' AND c.relkind IN ('r', 'p')
      AND c.oid::regclass::text <> ALL (ARRAY['tenant_provisioning_steps', 'public.tenant_provisioning_steps'])
  )
  SELECT name, 'row level security is not enabled and forced'
    FROM tenant_table WHERE NOT (relrowsecurity AND relforcerowsecurity)
  UNION ALL
  SELECT name, 'the restrictive policy tenant_isolation is missing'
    FROM tenant_table t WHERE NOT EXISTS (
      SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND NOT p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
        AND pg_get_expr(p.polqual, p.polrelid) ~ '^\(tenant_id = \( ?SELECT app\.tenant_id\(\) AS tenant_id\)\)$'
        AND pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))
$$;
GRANT EXECUTE ON FUNCTION app.unprotected_tables() TO tenantry_app, tenantry_platform, tenantry_worker;

-- Row level security is forced, so a bare UPDATE in a migration changes nothing. This runs a statement once per tenant.
-- The registry is read when the function is called; before it exists there is nothing to do.
CREATE FUNCTION app.for_each_tenant(statement text) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  before text := coalesce(current_setting('app.tenant_id', true), '');
  tenant uuid;
BEGIN
  FOR tenant IN EXECUTE 'SELECT id FROM public.tenants ORDER BY id' LOOP
    PERFORM set_config('app.tenant_id', tenant::text, true);
    EXECUTE statement;
  END LOOP;
  PERFORM set_config('app.tenant_id', before, true);
END $$;

-- The start-up self-test reads these two rows from two tenants in the same tick of the event loop.
CREATE TABLE tenancy_probe (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL,
  CONSTRAINT tenancy_probe_pkey PRIMARY KEY (tenant_id, id)
);
INSERT INTO tenancy_probe (tenant_id, id) VALUES
  ('00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-0000000000a1'),
  ('00000000-0000-7000-8000-00000000000b', '00000000-0000-7000-8000-0000000000b1');
SELECT app.protect_table('tenancy_probe', 'SELECT');
