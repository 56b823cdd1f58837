-- Lists that are read by cursor end their indexes in (created_at, id): a page begins where the one before ended, however many rows
-- come before it or were made at the same moment. Those that end in created_at alone are made anew.

-- DropIndex
DROP INDEX "audit_log_tenant_id_created_at_idx", "audit_log_tenant_id_actor_id_created_at_idx",
  "audit_log_tenant_id_action_created_at_idx", "audit_log_tenant_id_target_id_created_at_idx",
  "workflow_runs_tenant_id_created_at_idx", "workflow_runs_tenant_id_workflow_id_created_at_idx",
  "workflow_runs_tenant_id_status_created_at_idx", "sessions_tenant_id_user_id_created_at_idx";

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_created_at_id_idx" ON "audit_log"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_actor_id_created_at_id_idx" ON "audit_log"("tenant_id", "actor_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_action_created_at_id_idx" ON "audit_log"("tenant_id", "action", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_target_id_created_at_id_idx" ON "audit_log"("tenant_id", "target_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_target_type_created_at_id_idx" ON "audit_log"("tenant_id", "target_type", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_actor_kind_created_at_id_idx" ON "audit_log"("tenant_id", "actor_kind", "created_at", "id");

-- CreateIndex
CREATE INDEX "workflow_runs_tenant_id_created_at_id_idx" ON "workflow_runs"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "workflow_runs_tenant_id_workflow_id_created_at_id_idx" ON "workflow_runs"("tenant_id", "workflow_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "workflow_runs_tenant_id_status_created_at_id_idx" ON "workflow_runs"("tenant_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "workflow_runs_tenant_id_trigger_created_at_id_idx" ON "workflow_runs"("tenant_id", "trigger", "created_at", "id");

-- CreateIndex
CREATE INDEX "sessions_tenant_id_user_id_created_at_id_idx" ON "sessions"("tenant_id", "user_id", "created_at", "id");

-- What Prisma cannot express.

-- Attempts that were denied or failed are few among what was done.
CREATE INDEX "audit_log_not_done" ON "audit_log" ("tenant_id", "outcome", "created_at", "id") WHERE "outcome" <> 'done';
-- A sign-in leaves a row for each exchange of its token; the list shows the newest.
CREATE INDEX "sessions_live" ON "sessions" ("tenant_id", "user_id", "created_at", "id")
  WHERE "replaced_at" IS NULL AND "revoked_at" IS NULL;
-- Runs by whoever acts in them.
CREATE INDEX "workflow_runs_of_owner" ON "workflow_runs" ("tenant_id", (coalesce("successor_id", "owner_id")), "created_at", "id");
-- What waits for a decision, and the event that holds its message.
CREATE INDEX "workflow_run_steps_to_decide" ON "workflow_run_steps" ("tenant_id", "started_at", "run_id", "node_id")
  WHERE "status" = 'waiting' AND "approvers" IS NOT NULL AND "decision" IS NULL;
CREATE INDEX "workflow_run_events_asked" ON "workflow_run_events" ("tenant_id", "run_id", "node_id", "seq")
  WHERE "type" = 'step.awaiting_approval';
