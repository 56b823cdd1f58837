-- Who acts in a run whose owner has left. `owner_id` stays the user whose run it was: a program that knows nothing of successors finds
-- that user gone and ends the run, rather than letting it act with all rights of somebody else.
ALTER TABLE "workflow_runs"
  ADD COLUMN "successor_id" UUID,
  ADD COLUMN "role_limit" TEXT;

ALTER TABLE "workflow_runs"
  ADD CONSTRAINT "workflow_runs_role_limit_check" CHECK ("role_limit" IN ('viewer', 'member', 'manager', 'admin', 'owner')),
  ADD CONSTRAINT "workflow_runs_successor_check" CHECK ("successor_id" IS NULL OR "role_limit" IS NOT NULL);

-- From whom its owner, of a higher role, was given a workflow, and when: until it is activated, nobody has approved of it.
ALTER TABLE "workflows"
  ADD COLUMN "handed_over_from" UUID,
  ADD COLUMN "handed_over_at" TIMESTAMPTZ(3);
