-- Runs by whoever acts in them. Row level security keeps conditions with coalesce() away from indexes, and those with CASE not.
DROP INDEX "workflow_runs_of_owner";
CREATE INDEX "workflow_runs_of_owner" ON "workflow_runs"
  ("tenant_id", (CASE WHEN "successor_id" IS NULL THEN "owner_id" ELSE "successor_id" END), "created_at", "id");
