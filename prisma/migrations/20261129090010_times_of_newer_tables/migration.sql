-- As in times_of_the_database: the database gives these times, not the process.
ALTER TABLE workflow_hook_secrets ALTER COLUMN updated_at SET DEFAULT transaction_timestamp();
ALTER TABLE lua_script_versions ALTER COLUMN created_at SET DEFAULT transaction_timestamp();
ALTER TABLE workflow_scripts ALTER COLUMN taken_at SET DEFAULT transaction_timestamp();
