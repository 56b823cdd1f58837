-- AlterTable
ALTER TABLE "audit_log" ADD COLUMN "outcome" TEXT NOT NULL DEFAULT 'done';

-- CreateTable
CREATE TABLE "power_transfer_requests" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "from_user_id" UUID NOT NULL,
    "to_user_id" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "power_transfer_requests_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_actor_id_created_at_idx" ON "audit_log"("tenant_id", "actor_id", "created_at");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_action_created_at_idx" ON "audit_log"("tenant_id", "action", "created_at");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_target_id_created_at_idx" ON "audit_log"("tenant_id", "target_id", "created_at");

-- CreateIndex
CREATE INDEX "power_transfer_requests_tenant_id_from_user_id_idx" ON "power_transfer_requests"("tenant_id", "from_user_id");

-- CreateIndex
CREATE INDEX "power_transfer_requests_tenant_id_to_user_id_idx" ON "power_transfer_requests"("tenant_id", "to_user_id");

-- CreateIndex
CREATE INDEX "power_transfer_requests_tenant_id_created_at_idx" ON "power_transfer_requests"("tenant_id", "created_at");

-- AddForeignKey
ALTER TABLE "power_transfer_requests" ADD CONSTRAINT "power_transfer_requests_tenant_id_from_user_id_fkey" FOREIGN KEY ("tenant_id", "from_user_id") REFERENCES "users"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "power_transfer_requests" ADD CONSTRAINT "power_transfer_requests_tenant_id_to_user_id_fkey" FOREIGN KEY ("tenant_id", "to_user_id") REFERENCES "users"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_outcome_check" CHECK ("outcome" IN ('done', 'denied', 'failed'));
ALTER TABLE "power_transfer_requests"
  ADD CONSTRAINT "power_transfer_requests_status_check"
    CHECK ("status" IN ('pending', 'accepted', 'rejected', 'cancelled', 'expired'));
-- Nobody is asked twice at once.
CREATE UNIQUE INDEX "power_transfer_requests_one_pending" ON "power_transfer_requests" ("tenant_id", "to_user_id")
  WHERE "status" = 'pending';

SELECT app.protect_table('power_transfer_requests');
