-- Scripts have versions, as workflows do; and a workflow uses a certain one of each, which nobody changes who may not change the workflow.

-- AlterTable
ALTER TABLE "lua_scripts" ADD COLUMN "definition_version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "workflow_runs" ADD COLUMN "script_versions" JSONB;

-- CreateTable
CREATE TABLE "lua_script_versions" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "script_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "parameters" JSONB NOT NULL DEFAULT '[]',
    "return_type" TEXT,
    "allowed_globals" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "timeout_ms" INTEGER NOT NULL,
    "saved_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lua_script_versions_pkey" PRIMARY KEY ("tenant_id","script_id","number")
);

-- CreateTable
CREATE TABLE "workflow_scripts" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "workflow_id" UUID NOT NULL,
    "script_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "taken_by" UUID,
    "taken_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflow_scripts_pkey" PRIMARY KEY ("tenant_id","workflow_id","script_id")
);

-- CreateIndex
CREATE INDEX "workflow_scripts_tenant_id_script_id_version_idx" ON "workflow_scripts"("tenant_id", "script_id", "version");

-- AddForeignKey
ALTER TABLE "lua_script_versions" ADD CONSTRAINT "lua_script_versions_tenant_id_script_id_fkey" FOREIGN KEY ("tenant_id", "script_id") REFERENCES "lua_scripts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_scripts" ADD CONSTRAINT "workflow_scripts_tenant_id_workflow_id_fkey" FOREIGN KEY ("tenant_id", "workflow_id") REFERENCES "workflows"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_scripts" ADD CONSTRAINT "workflow_scripts_tenant_id_script_id_version_fkey" FOREIGN KEY ("tenant_id", "script_id", "version") REFERENCES "lua_script_versions"("tenant_id", "script_id", "number") ON DELETE CASCADE ON UPDATE CASCADE;



-- What Prisma cannot express: checks and protection.

ALTER TABLE "lua_scripts" ADD CONSTRAINT "lua_scripts_definition_version_check" CHECK ("definition_version" > 0);

ALTER TABLE "lua_script_versions" ADD CONSTRAINT "lua_script_versions_number_check" CHECK ("number" > 0);

-- Versions are written once; the oldest that nothing uses are pruned.
SELECT app.protect_table('lua_script_versions', 'SELECT, INSERT, DELETE');
SELECT app.protect_table('workflow_scripts');

-- What there is becomes the first version, and every workflow uses it whose definition, in any of its versions, names the script.
SELECT app.for_each_tenant($$
  INSERT INTO lua_script_versions (script_id, number, code, parameters, return_type, allowed_globals, timeout_ms, saved_by, created_at)
  SELECT id, definition_version, code, parameters, return_type, allowed_globals, timeout_ms, created_by, updated_at FROM lua_scripts
$$);
SELECT app.for_each_tenant($$
  INSERT INTO workflow_scripts (workflow_id, script_id, version)
  SELECT DISTINCT v.workflow_id, s.id, s.definition_version
  FROM workflow_versions v
    CROSS JOIN LATERAL jsonb_path_query(v.definition, '$.nodes[*] ? (@.type == "lua").config.scriptId') AS named (script_id)
    JOIN lua_scripts s ON s.id::text = lower(named.script_id #>> '{}')
$$);
