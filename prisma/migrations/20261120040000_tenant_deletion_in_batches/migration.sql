-- AlterTable
ALTER TABLE "tenants" ADD COLUMN "deletion_started_at" TIMESTAMPTZ(3);

-- What Prisma cannot express: a tenant that has begun to lose its rows is not taken back, whatever a program tries.
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_deletion_started_check"
  CHECK ("deletion_started_at" IS NULL OR "status" = 'PENDING_DELETION');

CREATE FUNCTION app.refuse_change_of_begun_deletion() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the deletion of tenant % has begun and cannot be taken back', OLD.id
    USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
CREATE TRIGGER tenants_deletion_is_final BEFORE UPDATE OF "status", "deletion_scheduled_at", "deletion_started_at" ON "tenants"
  FOR EACH ROW WHEN (OLD."deletion_started_at" IS NOT NULL AND
    (OLD."status", OLD."deletion_scheduled_at", OLD."deletion_started_at") IS DISTINCT FROM
    (NEW."status", NEW."deletion_scheduled_at", NEW."deletion_started_at"))
  EXECUTE FUNCTION app.refuse_change_of_begun_deletion();

-- All protected tables, those that refer to others before what they refer to. Of tables that refer to each other in a circle,
-- any may come first; `empties` is true of those that no row of a circle can keep from being emptied when it is their turn.
CREATE FUNCTION app.tenant_tables() RETURNS TABLE (place integer, name text, empties boolean) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  remaining oid[];
  emptied oid[] := '{}';
  chosen oid;
BEGIN
  SELECT array_agg(c.oid ORDER BY c.oid::regclass::text) INTO remaining
    FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'tenant_isolation'
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition;
  place := 0;
  WHILE cardinality(remaining) > 0 LOOP
    SELECT t.oid INTO chosen FROM unnest(remaining) WITH ORDINALITY AS t (oid, n)
      ORDER BY EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = t.oid
                       AND k.conrelid <> t.oid AND k.conrelid = ANY (remaining)), t.n LIMIT 1;
    remaining := array_remove(remaining, chosen);
    place := place + 1;
    name := chosen::regclass::text;
    empties := NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = chosen
                           AND k.conrelid <> ALL (emptied));
    IF empties THEN
      emptied := emptied || chosen;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION app.tenant_tables() TO tenantry_platform;

-- Deletes up to `at_most` rows of a tenant whose deletion for good has begun, and says how many; of any other tenant none.
-- `unreferenced` spares rows that others still refer to: needed where app.tenant_tables() does not say that a table empties.
-- SECURITY DEFINER because no other role may delete from append-only tables. It gives the platform's role nothing new: that role
-- may delete the tenant's row, and everything with it, at once. Row level security binds the owner, too: to the tenant entered.
-- Only index scans stop at the limit whatever the statistics say, and remember for the next batch which entries are dead.
CREATE FUNCTION app.delete_rows_of_tenant(tenant uuid, table_name text, unreferenced boolean, at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  target oid;
  conditions text;
  deleted integer;
BEGIN
  SELECT c.oid INTO target FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'tenant_isolation'
    WHERE c.relkind IN ('r', 'p') AND c.oid::regclass::text = table_name;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not a table of tenants', table_name USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM public.tenants t WHERE t.id = tenant AND t.status = 'PENDING_DELETION'
                 AND t.deletion_scheduled_at <= now() AND t.deletion_started_at IS NOT NULL) THEN
    RETURN 0;
  END IF;
  PERFORM app.enter_tenant(tenant::text);
  -- Of two at once one would count the other's rows as gone, and take the table for empty.
  PERFORM app.lock_in_tenant('tenant.delete');
  IF unreferenced THEN
    -- A row that refers to itself is no hindrance.
    SELECT string_agg(format(' AND NOT EXISTS (SELECT FROM %s c WHERE c.tenant_id = $1 AND %s
        AND (c.tableoid, c.ctid) <> (t.tableoid, t.ctid))', k.conrelid::regclass, (
        SELECT string_agg(format('c.%I = t.%I', f.attname, g.attname), ' AND ') FROM unnest(k.conkey, k.confkey) u (x, y)
          JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = u.x
          JOIN pg_attribute g ON g.attrelid = k.confrelid AND g.attnum = u.y)), '') INTO conditions
      FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = target;
  END IF;
  -- Where a table is partitioned, a row of another partition may have the same ctid; so the conditions stand twice.
  EXECUTE format('DELETE FROM %1$s t WHERE t.tenant_id = $1%2$s AND t.ctid = ANY (ARRAY(
      SELECT t.ctid FROM %1$s t WHERE t.tenant_id = $1%2$s LIMIT $2))', table_name, conditions) USING tenant, at_most;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END $$;
GRANT EXECUTE ON FUNCTION app.delete_rows_of_tenant(uuid, text, boolean, integer) TO tenantry_platform;
