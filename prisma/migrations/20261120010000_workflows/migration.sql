-- CreateTable
CREATE TABLE "workflows" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "user_id" UUID NOT NULL,
    "created_by" UUID,
    "config" JSONB,
    "nodes" JSONB NOT NULL DEFAULT '[]',
    "edges" JSONB NOT NULL DEFAULT '[]',
    "trigger" TEXT NOT NULL DEFAULT 'manual',
    "trigger_config" JSONB NOT NULL DEFAULT '{}',
    "settings" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'draft',
    "version" INTEGER NOT NULL DEFAULT 1,
    "definition_version" INTEGER NOT NULL DEFAULT 1,
    "package_id" TEXT,
    "next_run_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflows_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "workflow_versions" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "workflow_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "definition" JSONB NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflow_versions_pkey" PRIMARY KEY ("tenant_id","workflow_id","number")
);

-- CreateTable
CREATE TABLE "workflow_runs" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "workflow_id" UUID NOT NULL,
    "workflow_version" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "trigger" TEXT NOT NULL DEFAULT 'manual',
    "triggered_by" UUID,
    "owner_id" UUID,
    "dedupe_key" TEXT,
    "depth" INTEGER NOT NULL DEFAULT 0,
    "input" JSONB NOT NULL DEFAULT '{}',
    "outputs" JSONB,
    "error" JSONB,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "last_event_seq" INTEGER NOT NULL DEFAULT 0,
    "admitted_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflow_runs_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "workflow_run_steps" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "run_id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "node_type" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "input" JSONB,
    "output" JSONB,
    "error" JSONB,
    "idempotency_key" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "wake_at" TIMESTAMPTZ(3),
    "approvers" JSONB,
    "deadline_at" TIMESTAMPTZ(3),
    "decision" TEXT,
    "decided_by" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "comment" TEXT,

    CONSTRAINT "workflow_run_steps_pkey" PRIMARY KEY ("tenant_id","run_id","node_id")
);

-- CreateTable
CREATE TABLE "workflow_run_events" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "run_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "node_id" TEXT,
    "data" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflow_run_events_pkey" PRIMARY KEY ("tenant_id","run_id","seq")
);

-- CreateTable
CREATE TABLE "workflow_hooks" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "workflow_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflow_hooks_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "lua_scripts" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "code" TEXT NOT NULL,
    "parameters" JSONB NOT NULL DEFAULT '[]',
    "return_type" TEXT,
    "is_sandboxed" BOOLEAN NOT NULL DEFAULT true,
    "allowed_globals" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "timeout_ms" INTEGER NOT NULL DEFAULT 5000,
    "created_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lua_scripts_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "stream_tickets" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "token_hash" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stream_tickets_pkey" PRIMARY KEY ("tenant_id","token_hash")
);

-- CreateIndex
CREATE INDEX "workflows_tenant_id_created_at_idx" ON "workflows"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "workflows_tenant_id_status_idx" ON "workflows"("tenant_id", "status");

-- CreateIndex
CREATE INDEX "workflows_tenant_id_user_id_idx" ON "workflows"("tenant_id", "user_id");

-- CreateIndex
CREATE INDEX "workflows_tenant_id_trigger_idx" ON "workflows"("tenant_id", "trigger");

-- CreateIndex
CREATE UNIQUE INDEX "workflows_tenant_id_name_key" ON "workflows"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "workflow_runs_tenant_id_created_at_idx" ON "workflow_runs"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "workflow_runs_tenant_id_workflow_id_created_at_idx" ON "workflow_runs"("tenant_id", "workflow_id", "created_at");

-- CreateIndex
CREATE INDEX "workflow_runs_tenant_id_status_created_at_idx" ON "workflow_runs"("tenant_id", "status", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "workflow_runs_tenant_id_workflow_id_dedupe_key_key" ON "workflow_runs"("tenant_id", "workflow_id", "dedupe_key");

-- CreateIndex
CREATE UNIQUE INDEX "workflow_hooks_tenant_id_workflow_id_key" ON "workflow_hooks"("tenant_id", "workflow_id");

-- CreateIndex
CREATE UNIQUE INDEX "workflow_hooks_tenant_id_token_hash_key" ON "workflow_hooks"("tenant_id", "token_hash");

-- CreateIndex
CREATE INDEX "lua_scripts_tenant_id_created_at_idx" ON "lua_scripts"("tenant_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "lua_scripts_tenant_id_name_key" ON "lua_scripts"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "stream_tickets_tenant_id_expires_at_idx" ON "stream_tickets"("tenant_id", "expires_at");

-- AddForeignKey
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "users"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_versions" ADD CONSTRAINT "workflow_versions_tenant_id_workflow_id_fkey" FOREIGN KEY ("tenant_id", "workflow_id") REFERENCES "workflows"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_runs" ADD CONSTRAINT "workflow_runs_tenant_id_workflow_id_workflow_version_fkey" FOREIGN KEY ("tenant_id", "workflow_id", "workflow_version") REFERENCES "workflow_versions"("tenant_id", "workflow_id", "number") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_run_steps" ADD CONSTRAINT "workflow_run_steps_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id") REFERENCES "workflow_runs"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_run_events" ADD CONSTRAINT "workflow_run_events_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id") REFERENCES "workflow_runs"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_hooks" ADD CONSTRAINT "workflow_hooks_tenant_id_workflow_id_fkey" FOREIGN KEY ("tenant_id", "workflow_id") REFERENCES "workflows"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lua_scripts" ADD CONSTRAINT "lua_scripts_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_tickets" ADD CONSTRAINT "stream_tickets_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- What Prisma cannot express: checks and protection.

ALTER TABLE "workflows"
  ADD CONSTRAINT "workflows_name_check" CHECK (length("name") BETWEEN 1 AND 255),
  ADD CONSTRAINT "workflows_trigger_check" CHECK ("trigger" IN ('manual', 'schedule', 'event', 'webhook')),
  ADD CONSTRAINT "workflows_status_check" CHECK ("status" IN ('draft', 'active', 'paused', 'archived')),
  ADD CONSTRAINT "workflows_nodes_check" CHECK (jsonb_typeof("nodes") = 'array'),
  ADD CONSTRAINT "workflows_edges_check" CHECK (jsonb_typeof("edges") = 'array');

ALTER TABLE "workflow_versions" ADD CONSTRAINT "workflow_versions_number_check" CHECK ("number" > 0);

ALTER TABLE "workflow_runs"
  ADD CONSTRAINT "workflow_runs_status_check"
    CHECK ("status" IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  ADD CONSTRAINT "workflow_runs_trigger_check" CHECK ("trigger" IN ('manual', 'schedule', 'event', 'webhook'));

ALTER TABLE "workflow_run_steps"
  ADD CONSTRAINT "workflow_run_steps_status_check"
    CHECK ("status" IN ('pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled')),
  ADD CONSTRAINT "workflow_run_steps_decision_check" CHECK ("decision" IN ('approved', 'rejected'));

ALTER TABLE "lua_scripts"
  ADD CONSTRAINT "lua_scripts_name_check" CHECK (length("name") BETWEEN 1 AND 255),
  ADD CONSTRAINT "lua_scripts_timeout_check" CHECK ("timeout_ms" BETWEEN 100 AND 30000);

-- Runs take turns within their tenant, oldest first; those that have ended are no part of that.
CREATE INDEX "workflow_runs_open" ON "workflow_runs" ("tenant_id", "created_at", "id")
  WHERE "status" IN ('queued', 'running', 'waiting');
-- Which workflows an event starts is asked at every event.
CREATE INDEX "workflows_listening" ON "workflows" ("tenant_id", "trigger") WHERE "status" = 'active';

SELECT app.protect_table('workflows');
SELECT app.protect_table('workflow_versions', 'SELECT, INSERT');
SELECT app.protect_table('workflow_runs');
SELECT app.protect_table('workflow_run_steps');
-- DELETE for retention; what happened is never changed.
SELECT app.protect_table('workflow_run_events', 'SELECT, INSERT, DELETE');
SELECT app.protect_table('workflow_hooks');
SELECT app.protect_table('lua_scripts');
SELECT app.protect_table('stream_tickets');
