-- What a run that an event started goes back to in the end: the first event of its tree, or the run that emitted it. All runs of one
-- tree share a budget, which is counted by this column.
ALTER TABLE "workflow_runs" ADD COLUMN "root_event_id" UUID;
CREATE INDEX "workflow_runs_of_root" ON "workflow_runs" ("tenant_id", "root_event_id") WHERE "root_event_id" IS NOT NULL;

-- Processes remember what a plan allows, and hear of changes.
DROP TRIGGER tenants_notify ON "tenants";
CREATE TRIGGER tenants_notify AFTER INSERT OR DELETE OR UPDATE OF "status", "slug", "domain", "subscription_plan", "quota" ON "tenants"
  FOR EACH ROW EXECUTE FUNCTION app.notify_identity('tenant', 'id', 'id');
