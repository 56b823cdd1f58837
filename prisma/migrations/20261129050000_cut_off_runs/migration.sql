-- How often a worker died while it had the run, or while the step was running, since either made progress.
ALTER TABLE workflow_runs ADD COLUMN cut_offs integer NOT NULL DEFAULT 0;
ALTER TABLE workflow_run_steps ADD COLUMN cut_offs integer NOT NULL DEFAULT 0;
