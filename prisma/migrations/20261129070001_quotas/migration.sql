-- What a tenant has used of something in a day (UTC), where a limit holds for a day.
CREATE TABLE "usage_counters" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "resource" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "usage_counters_pkey" PRIMARY KEY ("tenant_id","resource","day")
);

ALTER TABLE "usage_counters" ADD CONSTRAINT "usage_counters_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "usage_counters" ADD CONSTRAINT "usage_counters_count_check" CHECK ("count" >= 0);

SELECT app.protect_table('usage_counters');

-- Old versions that no run uses are deleted; what a version says is still never changed.
GRANT DELETE ON "workflow_versions" TO tenantry_app, tenantry_platform;

-- Which versions runs use; also what the foreign key asks when a version goes.
CREATE INDEX "workflow_runs_tenant_id_workflow_id_workflow_version_idx" ON "workflow_runs"("tenant_id", "workflow_id", "workflow_version");
