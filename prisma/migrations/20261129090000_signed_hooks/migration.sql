-- What a run's request said beside its body: headers, and on demand the bytes of the body.
ALTER TABLE workflow_runs ADD COLUMN request jsonb;

-- What signatures of deliveries are checked with, sealed. While a secret is changed, the one before it holds, too.
CREATE TABLE workflow_hook_secrets (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  workflow_id uuid NOT NULL,
  secret text NOT NULL,
  previous text,
  previous_until timestamptz(3),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT workflow_hook_secrets_pkey PRIMARY KEY (tenant_id, workflow_id),
  CONSTRAINT workflow_hook_secrets_previous_check CHECK ((previous IS NULL) = (previous_until IS NULL)),
  CONSTRAINT workflow_hook_secrets_tenant_id_workflow_id_fkey FOREIGN KEY (tenant_id, workflow_id)
    REFERENCES workflows (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
SELECT app.protect_table('workflow_hook_secrets');
