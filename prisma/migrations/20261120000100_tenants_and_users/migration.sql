-- CreateTable
CREATE TABLE "idempotency_records" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "key_hash" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "headers" JSONB NOT NULL,
    "body" JSONB,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_records_pkey" PRIMARY KEY ("tenant_id","key_hash")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "target_type" TEXT,
    "target_id" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "platform_admins" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "external_id" TEXT,
    "name" TEXT,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_admins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "platform_sessions" (
    "id" UUID NOT NULL,
    "admin_id" UUID NOT NULL,
    "family_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "replaced_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "platform_login_attempts" (
    "identifier_hash" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "window_started_at" TIMESTAMPTZ(3) NOT NULL,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "platform_login_attempts_pkey" PRIMARY KEY ("identifier_hash")
);

-- CreateTable
CREATE TABLE "platform_idempotency_records" (
    "key_hash" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "headers" JSONB NOT NULL,
    "body" JSONB,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_idempotency_records_pkey" PRIMARY KEY ("key_hash")
);

-- CreateTable
CREATE UNLOGGED TABLE "rate_limit_counters" (
    "key" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "count" BIGINT NOT NULL,

    CONSTRAINT "rate_limit_counters_pkey" PRIMARY KEY ("key","window_start")
);

-- CreateTable
CREATE TABLE "tenants" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "domain" TEXT,
    "schema_name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'PROVISIONING',
    "subscription_plan" TEXT NOT NULL DEFAULT 'basic',
    "settings" JSONB NOT NULL DEFAULT '{}',
    "theme" JSONB NOT NULL DEFAULT '{}',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "quota" JSONB NOT NULL DEFAULT '{}',
    "admin_email" TEXT,
    "billing_email" TEXT,
    "data_region" TEXT NOT NULL DEFAULT 'eu',
    "default_locale" TEXT NOT NULL DEFAULT 'en',
    "deletion_scheduled_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_provisioning_steps" (
    "tenant_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "last_error" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_provisioning_steps_pkey" PRIMARY KEY ("tenant_id","step")
);

-- CreateTable
CREATE TABLE "users" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "username" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT,
    "display_name" TEXT,
    "avatar_url" TEXT,
    "bio" TEXT,
    "role" TEXT NOT NULL DEFAULT 'member',
    "status" TEXT NOT NULL DEFAULT 'ACTIVE',
    "sso_provider" TEXT,
    "sso_user_id" TEXT,
    "external_id" TEXT,
    "last_login_at" TIMESTAMPTZ(3),
    "login_count" INTEGER NOT NULL DEFAULT 0,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "locale" TEXT NOT NULL DEFAULT 'en',
    "preferences" JSONB NOT NULL DEFAULT '{}',
    "password_changed_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "username" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL DEFAULT 'argon2id',
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("tenant_id","username")
);

-- CreateTable
CREATE TABLE "sessions" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "family_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "replaced_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_activity" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "password_reset_tokens" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "username" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "password_reset_tokens_pkey" PRIMARY KEY ("tenant_id","username")
);

-- CreateTable
CREATE TABLE "invitations" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "invited_by" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "login_attempts" (
    "tenant_id" UUID NOT NULL DEFAULT app.tenant_id(),
    "identifier_hash" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "window_started_at" TIMESTAMPTZ(3) NOT NULL,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("tenant_id","identifier_hash")
);

-- CreateIndex
CREATE INDEX "idempotency_records_tenant_id_expires_at_idx" ON "idempotency_records"("tenant_id", "expires_at");

-- CreateIndex
CREATE INDEX "audit_log_tenant_id_created_at_idx" ON "audit_log"("tenant_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "platform_admins_email_key" ON "platform_admins"("email");

-- CreateIndex
CREATE UNIQUE INDEX "platform_admins_external_id_key" ON "platform_admins"("external_id");

-- CreateIndex
CREATE UNIQUE INDEX "platform_sessions_token_hash_key" ON "platform_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "platform_sessions_family_id_idx" ON "platform_sessions"("family_id");

-- CreateIndex
CREATE INDEX "platform_sessions_admin_id_idx" ON "platform_sessions"("admin_id");

-- CreateIndex
CREATE INDEX "platform_sessions_expires_at_idx" ON "platform_sessions"("expires_at");

-- CreateIndex
CREATE INDEX "platform_idempotency_records_expires_at_idx" ON "platform_idempotency_records"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_name_key" ON "tenants"("name");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_domain_key" ON "tenants"("domain");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_schema_name_key" ON "tenants"("schema_name");

-- CreateIndex
CREATE INDEX "tenants_status_deletion_scheduled_at_idx" ON "tenants"("status", "deletion_scheduled_at");

-- CreateIndex
CREATE INDEX "users_tenant_id_created_at_idx" ON "users"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "users_tenant_id_role_idx" ON "users"("tenant_id", "role");

-- CreateIndex
CREATE UNIQUE INDEX "users_tenant_id_email_key" ON "users"("tenant_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "users_tenant_id_username_key" ON "users"("tenant_id", "username");

-- CreateIndex
CREATE UNIQUE INDEX "users_tenant_id_external_id_key" ON "users"("tenant_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_tenant_id_sso_provider_sso_user_id_key" ON "users"("tenant_id", "sso_provider", "sso_user_id");

-- CreateIndex
CREATE INDEX "sessions_tenant_id_family_id_idx" ON "sessions"("tenant_id", "family_id");

-- CreateIndex
CREATE INDEX "sessions_tenant_id_user_id_created_at_idx" ON "sessions"("tenant_id", "user_id", "created_at");

-- CreateIndex
CREATE INDEX "sessions_tenant_id_expires_at_idx" ON "sessions"("tenant_id", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_tenant_id_token_hash_key" ON "sessions"("tenant_id", "token_hash");

-- CreateIndex
CREATE INDEX "password_reset_tokens_tenant_id_expires_at_idx" ON "password_reset_tokens"("tenant_id", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "password_reset_tokens_tenant_id_token_hash_key" ON "password_reset_tokens"("tenant_id", "token_hash");

-- CreateIndex
CREATE INDEX "invitations_tenant_id_user_id_idx" ON "invitations"("tenant_id", "user_id");

-- CreateIndex
CREATE INDEX "invitations_tenant_id_expires_at_idx" ON "invitations"("tenant_id", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_tenant_id_token_hash_key" ON "invitations"("tenant_id", "token_hash");

-- CreateIndex
CREATE INDEX "api_keys_tenant_id_user_id_created_at_idx" ON "api_keys"("tenant_id", "user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_tenant_id_secret_hash_key" ON "api_keys"("tenant_id", "secret_hash");

-- CreateIndex
CREATE INDEX "login_attempts_tenant_id_window_started_at_idx" ON "login_attempts"("tenant_id", "window_started_at");

-- AddForeignKey
ALTER TABLE "idempotency_records" ADD CONSTRAINT "idempotency_records_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "platform_sessions" ADD CONSTRAINT "platform_sessions_admin_id_fkey" FOREIGN KEY ("admin_id") REFERENCES "platform_admins"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_tenant_id_username_fkey" FOREIGN KEY ("tenant_id", "username") REFERENCES "users"("tenant_id", "username") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "users"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_reset_tokens" ADD CONSTRAINT "password_reset_tokens_tenant_id_username_fkey" FOREIGN KEY ("tenant_id", "username") REFERENCES "users"("tenant_id", "username") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "users"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "users"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_attempts" ADD CONSTRAINT "login_attempts_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express: checks, partial indexes, protection, notifications.

ALTER TABLE "tenants"
  ADD CONSTRAINT "tenants_slug_check" CHECK ("slug" ~ '^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$'),
  ADD CONSTRAINT "tenants_name_check" CHECK (length("name") BETWEEN 1 AND 255),
  ADD CONSTRAINT "tenants_domain_check" CHECK ("domain" ~ '^[a-z0-9.-]+\.[a-z0-9-]+$' AND length("domain") <= 253),
  ADD CONSTRAINT "tenants_status_check" CHECK ("status" IN ('PROVISIONING', 'ACTIVE', 'SUSPENDED', 'PENDING_DELETION')),
  ADD CONSTRAINT "tenants_plan_check" CHECK ("subscription_plan" IN ('basic', 'professional', 'enterprise', 'custom')),
  ADD CONSTRAINT "tenants_settings_check" CHECK (jsonb_typeof("settings") = 'object'),
  ADD CONSTRAINT "tenants_deletion_check" CHECK (("status" = 'PENDING_DELETION') = ("deletion_scheduled_at" IS NOT NULL));

ALTER TABLE "tenant_provisioning_steps"
  ADD CONSTRAINT "tenant_provisioning_steps_status_check"
    CHECK ("status" IN ('running', 'done', 'failed', 'rolled_back', 'rollback_failed'));

ALTER TABLE "users"
  ADD CONSTRAINT "users_email_check" CHECK ("email" = lower("email") AND length("email") <= 255),
  ADD CONSTRAINT "users_username_check" CHECK ("username" ~ '^[a-z0-9_.-]{2,50}$'),
  ADD CONSTRAINT "users_role_check" CHECK ("role" IN ('viewer', 'member', 'manager', 'admin', 'owner')),
  ADD CONSTRAINT "users_status_check" CHECK ("status" IN ('ACTIVE', 'INVITED', 'SUSPENDED'));
-- At most one owner; that there is one at all is provisioning's and the users service's rule.
CREATE UNIQUE INDEX "users_one_owner" ON "users" ("tenant_id") WHERE "role" = 'owner';

-- A session has one living token among many replaced ones.
CREATE INDEX "sessions_living" ON "sessions" ("tenant_id", "family_id") WHERE "replaced_at" IS NULL AND "revoked_at" IS NULL;

ALTER TABLE "credentials" ADD CONSTRAINT "credentials_algorithm_check" CHECK ("algorithm" IN ('argon2id'));
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_actor_kind_check" CHECK ("actor_kind" IN ('user', 'api_key', 'platform', 'system'));

SELECT app.protect_table('users');
SELECT app.protect_table('credentials');
SELECT app.protect_table('sessions');
SELECT app.protect_table('password_reset_tokens');
SELECT app.protect_table('invitations');
SELECT app.protect_table('api_keys');
SELECT app.protect_table('login_attempts');
SELECT app.protect_table('idempotency_records');
SELECT app.protect_table('audit_log', 'SELECT, INSERT');

-- Global tables: forced row level security with one policy per role that may come near them.
ALTER TABLE "tenants" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
REVOKE ALL ON "tenants" FROM PUBLIC;
GRANT SELECT ON "tenants" TO tenantry_app;
-- A tenant describes itself; its status, plan, quota, slug and domain are the platform's.
GRANT UPDATE ("name", "settings", "theme", "metadata", "admin_email", "billing_email", "default_locale", "version", "updated_at")
  ON "tenants" TO tenantry_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "tenants" TO tenantry_platform;
CREATE POLICY own_tenant ON "tenants" FOR SELECT TO tenantry_app USING ("id" = (SELECT app.tenant_id()));
CREATE POLICY own_tenant_update ON "tenants" FOR UPDATE TO tenantry_app
  USING ("id" = (SELECT app.tenant_id())) WITH CHECK ("id" = (SELECT app.tenant_id()));
CREATE POLICY platform_access ON "tenants" FOR ALL TO tenantry_platform USING (true) WITH CHECK (true);
-- For the SECURITY DEFINER look-up below and app.for_each_tenant; the owner is bound by FORCE otherwise.
CREATE POLICY owner_lookup ON "tenants" FOR SELECT TO tenantry_owner USING (true);

-- One policy for each table that only the platform role may touch.
DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['tenant_provisioning_steps', 'platform_admins', 'platform_sessions', 'platform_login_attempts',
                                'platform_idempotency_records', 'rate_limit_counters'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tenantry_platform', target);
    EXECUTE format('CREATE POLICY platform_access ON %I FOR ALL TO tenantry_platform USING (true) WITH CHECK (true)', target);
  END LOOP;
END $$;

-- Slugs, domains and ids are resolved before anyone is known: this answers with nothing but id and status.
CREATE FUNCTION app.resolve_tenant(kind text, value text) RETURNS TABLE (id uuid, status text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  -- One branch per kind, so that each can use its index on every supported version.
  SELECT t.id, t.status FROM public.tenants t
    WHERE t.id = CASE WHEN kind = 'id' AND value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN value::uuid END
  UNION ALL SELECT t.id, t.status FROM public.tenants t WHERE t.slug = CASE WHEN kind = 'slug' THEN value END
  UNION ALL SELECT t.id, t.status FROM public.tenants t WHERE t.domain = CASE WHEN kind = 'domain' THEN value END
$$;
GRANT EXECUTE ON FUNCTION app.resolve_tenant(text, text) TO tenantry_app, tenantry_platform;

-- Caches of identity in every process listen to this channel, so that no code path can forget to tell them.
-- Payload: {"kind": "tenant" | "user" | "session" | "api_key" | "platform_session", "tenantId": uuid | null, "id": uuid}
CREATE FUNCTION app.notify_identity() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
  PERFORM pg_notify('tenantry_identity', jsonb_build_object(
    'kind', TG_ARGV[0], 'tenantId', changed ->> TG_ARGV[1], 'id', changed ->> TG_ARGV[2])::text);
  RETURN NULL;
END $$;

CREATE TRIGGER tenants_notify AFTER INSERT OR DELETE OR UPDATE OF "status", "slug", "domain" ON "tenants"
  FOR EACH ROW EXECUTE FUNCTION app.notify_identity('tenant', 'id', 'id');
CREATE TRIGGER users_notify AFTER DELETE OR UPDATE OF "role", "status" ON "users"
  FOR EACH ROW EXECUTE FUNCTION app.notify_identity('user', 'tenant_id', 'id');
CREATE TRIGGER sessions_notify AFTER UPDATE OF "revoked_at" ON "sessions"
  FOR EACH ROW WHEN (NEW."revoked_at" IS NOT NULL) EXECUTE FUNCTION app.notify_identity('session', 'tenant_id', 'family_id');
CREATE TRIGGER api_keys_notify AFTER DELETE OR UPDATE OF "revoked_at", "scopes", "expires_at" ON "api_keys"
  FOR EACH ROW EXECUTE FUNCTION app.notify_identity('api_key', 'tenant_id', 'id');
CREATE TRIGGER platform_sessions_notify AFTER UPDATE OF "revoked_at" ON "platform_sessions"
  FOR EACH ROW WHEN (NEW."revoked_at" IS NOT NULL) EXECUTE FUNCTION app.notify_identity('platform_session', 'none', 'family_id');
CREATE TRIGGER platform_admins_notify AFTER DELETE ON "platform_admins"
  FOR EACH ROW EXECUTE FUNCTION app.notify_identity('platform_session', 'none', 'id');
