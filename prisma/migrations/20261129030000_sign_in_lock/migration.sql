-- Failures count for a name in one network, and for the name as a whole: a counter of a network says which name it belongs to.
ALTER TABLE "login_attempts" ADD COLUMN "name_hash" TEXT;
ALTER TABLE "platform_login_attempts" ADD COLUMN "name_hash" TEXT;

-- CreateIndex
CREATE INDEX "login_attempts_tenant_id_name_hash_idx" ON "login_attempts"("tenant_id", "name_hash");

-- CreateIndex
CREATE INDEX "platform_login_attempts_name_hash_idx" ON "platform_login_attempts"("name_hash");

-- CreateIndex
CREATE INDEX "platform_login_attempts_window_started_at_idx" ON "platform_login_attempts"("window_started_at");

-- CreateTable
CREATE TABLE "sign_in_networks" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "user_id" UUID NOT NULL,
    "network" TEXT NOT NULL,
    "last_sign_in_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_networks_pkey" PRIMARY KEY ("tenant_id","user_id","network")
);

-- CreateTable
CREATE TABLE "platform_sign_in_networks" (
    "admin_id" UUID NOT NULL,
    "network" TEXT NOT NULL,
    "last_sign_in_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_sign_in_networks_pkey" PRIMARY KEY ("admin_id","network")
);

-- CreateIndex
CREATE INDEX "sign_in_networks_tenant_id_last_sign_in_at_idx" ON "sign_in_networks"("tenant_id", "last_sign_in_at");

-- CreateIndex
CREATE INDEX "platform_sign_in_networks_last_sign_in_at_idx" ON "platform_sign_in_networks"("last_sign_in_at");

-- AddForeignKey
ALTER TABLE "sign_in_networks" ADD CONSTRAINT "sign_in_networks_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "users"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "platform_sign_in_networks" ADD CONSTRAINT "platform_sign_in_networks_admin_id_fkey" FOREIGN KEY ("admin_id") REFERENCES "platform_admins"("id") ON DELETE CASCADE ON UPDATE CASCADE;

SELECT app.protect_table('sign_in_networks');

ALTER TABLE "platform_sign_in_networks" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
REVOKE ALL ON "platform_sign_in_networks" FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON "platform_sign_in_networks" TO tenantry_platform;
CREATE POLICY platform_access ON "platform_sign_in_networks" FOR ALL TO tenantry_platform USING (true) WITH CHECK (true);
