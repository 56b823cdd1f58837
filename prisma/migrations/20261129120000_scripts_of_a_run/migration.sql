-- A run uses the versions of scripts that its workflow used when it was started: while it waits in the line, the workflow may come to
-- somebody with fewer rights than the run has, and others may choose its scripts from then on.

CREATE FUNCTION app.pin_script_versions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.script_versions := coalesce((
    SELECT jsonb_object_agg(s.script_id, s.version) FROM public.workflow_scripts s
    WHERE s.tenant_id = NEW.tenant_id AND s.workflow_id = NEW.workflow_id), '{}');
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION app.pin_script_versions() FROM PUBLIC;
CREATE TRIGGER pin_script_versions BEFORE INSERT ON workflow_runs
  FOR EACH ROW WHEN (NEW.script_versions IS NULL) EXECUTE FUNCTION app.pin_script_versions();

-- Those that have not begun: they are in the line, or were cancelled there and may be retried.
SELECT app.for_each_tenant($$
  UPDATE workflow_runs run SET script_versions = coalesce((
    SELECT jsonb_object_agg(s.script_id, s.version) FROM workflow_scripts s WHERE s.workflow_id = run.workflow_id), '{}')
  WHERE script_versions IS NULL AND started_at IS NULL AND status IN ('queued', 'cancelled')
$$);
