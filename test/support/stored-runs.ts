import { randomUUID } from 'node:crypto';
import { withClient } from '../../scripts/db/connect.ts';
import { testDatabase } from './test-database.js';
import type { WorkflowWorld } from './workflow-world.js';

export interface StoredStep {
  nodeId: string;
  input?: unknown;
  output?: unknown;
  error?: unknown;
  comment?: string;
}

export interface StoredRun {
  input?: unknown;
  outputs?: unknown;
  error?: unknown;
  steps?: StoredStep[];
}

/** Runs that have ended, as rows: whatever they hold, and without waiting for a worker. Returns their ids. */
export async function storeRuns(world: WorkflowWorld, workflowId: string, runs: StoredRun[]): Promise<string[]> {
  const { adminUrl } = await testDatabase();
  const tenantId = world.tenants.tenant.id;
  return withClient(adminUrl, async (admin) => {
    const ids: string[] = [];
    for (const { input = {}, outputs, error, steps = [] } of runs) {
      const id = randomUUID();
      await admin.query(
        `INSERT INTO workflow_runs (tenant_id, id, workflow_id, workflow_version, status, input, outputs, error)
           VALUES ($1, $2, $3, 1, 'failed', $4, $5, $6)`,
        [tenantId, id, workflowId, JSON.stringify(input), jsonOf(outputs), jsonOf(error)],
      );
      await admin.query(
        `INSERT INTO workflow_run_steps (tenant_id, run_id, node_id, node_type, status, input, output, error, comment, approvers, started_at)
           SELECT $1, $2, step ->> 'nodeId', 'action', 'failed', step -> 'input', step -> 'output', step -> 'error',
             step ->> 'comment', CASE WHEN step ? 'comment' THEN '["role:admin"]'::jsonb END, now() + n * interval '1 millisecond' FROM jsonb_array_elements($3) WITH ORDINALITY AS s (step, n)`,
        [tenantId, id, JSON.stringify(steps)],
      );
      ids.push(id);
    }
    return ids;
  });
}

const jsonOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
