-- The defaults of times are given by the database. What Prisma knows as now() it would fill in itself, by the clock of the process.
-- transaction_timestamp() is the same for PostgreSQL; nothing is rewritten.
ALTER TABLE idempotency_records ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE audit_log ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE power_transfer_requests ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE platform_admins ALTER COLUMN created_at SET DEFAULT transaction_timestamp(), ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE platform_sessions ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE platform_sign_in_networks ALTER COLUMN last_sign_in_at SET DEFAULT transaction_timestamp();
ALTER TABLE platform_idempotency_records ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE tenants ALTER COLUMN created_at SET DEFAULT transaction_timestamp(), ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE tenant_provisioning_steps ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE users ALTER COLUMN created_at SET DEFAULT transaction_timestamp(), ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE credentials ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE sessions ALTER COLUMN last_activity SET DEFAULT transaction_timestamp(), ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE password_reset_tokens ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE invitations ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE api_keys ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE sign_in_networks ALTER COLUMN last_sign_in_at SET DEFAULT transaction_timestamp();
ALTER TABLE workflows ALTER COLUMN created_at SET DEFAULT transaction_timestamp(), ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE workflow_versions ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE workflow_runs ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE workflow_run_events ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE workflow_hooks ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE lua_scripts ALTER COLUMN created_at SET DEFAULT transaction_timestamp(), ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE stream_tickets ALTER COLUMN created_at SET DEFAULT transaction_timestamp();

-- Prisma fills in @updatedAt by the clock of the process, at every write: the database corrects it. Statements that do not name the
-- column leave it.
CREATE FUNCTION app.stamp_updated_at() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.updated_at := transaction_timestamp();
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION app.stamp_updated_at() FROM PUBLIC;
CREATE TRIGGER stamp_updated_at BEFORE INSERT OR UPDATE OF updated_at ON platform_admins FOR EACH ROW EXECUTE FUNCTION app.stamp_updated_at();
CREATE TRIGGER stamp_updated_at BEFORE INSERT OR UPDATE OF updated_at ON tenants FOR EACH ROW EXECUTE FUNCTION app.stamp_updated_at();
CREATE TRIGGER stamp_updated_at BEFORE INSERT OR UPDATE OF updated_at ON tenant_provisioning_steps FOR EACH ROW EXECUTE FUNCTION app.stamp_updated_at();
CREATE TRIGGER stamp_updated_at BEFORE INSERT OR UPDATE OF updated_at ON users FOR EACH ROW EXECUTE FUNCTION app.stamp_updated_at();
CREATE TRIGGER stamp_updated_at BEFORE INSERT OR UPDATE OF updated_at ON credentials FOR EACH ROW EXECUTE FUNCTION app.stamp_updated_at();
CREATE TRIGGER stamp_updated_at BEFORE INSERT OR UPDATE OF updated_at ON workflows FOR EACH ROW EXECUTE FUNCTION app.stamp_updated_at();
CREATE TRIGGER stamp_updated_at BEFORE INSERT OR UPDATE OF updated_at ON lua_scripts FOR EACH ROW EXECUTE FUNCTION app.stamp_updated_at();
