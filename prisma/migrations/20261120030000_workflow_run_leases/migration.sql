-- Who executes a run. `fence` grows with each claim, and nothing is saved for a run under an older one; `signal` grows with whatever
-- an executing worker has to notice (a decision, a cancellation), so that none lets go of a run without having seen it.
ALTER TABLE "workflow_runs"
  ADD COLUMN "fence" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "signal" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "lease_owner" TEXT,
  ADD COLUMN "lease_until" TIMESTAMPTZ(3),
  ADD COLUMN "wake_at" TIMESTAMPTZ(3);

-- Which runs a tenant has admitted, and who is next in each workflow's line: both are asked whenever a run starts or ends.
CREATE INDEX "workflow_runs_admitted" ON "workflow_runs" ("tenant_id", "workflow_id")
  WHERE "admitted_at" IS NOT NULL AND "status" IN ('queued', 'running');
CREATE INDEX "workflow_runs_in_line" ON "workflow_runs" ("tenant_id", "workflow_id", "created_at", "id")
  WHERE "admitted_at" IS NULL AND "status" = 'queued';
