import type { Response } from 'supertest';
import { withClient } from '../../scripts/db/connect.ts';
import type { Role } from '../../src/common/identity/roles.js';
import { eventually } from './eventually.js';
import type { TestTenant } from './factories/tenants.js';
import { TenantWorld } from './tenant-world.js';
import { queuedFor } from './queued-tasks.js';
import type { TestApp } from './test-app.js';
import { testDatabase } from './test-database.js';
import { uniqueName } from './workflow-drafts.js';

type Config = Record<string, unknown>;

/** `start -> a`, `check -true-> b`: edges as people draw them. */
export function edges(...lines: string[]): object[] {
  return lines.map((line, index) => {
    const [, source, label, target] = /^(\S+) -(?:(\w+)-)?> (\S+)$/.exec(line)!;
    return { id: `e${index}`, source, target, ...(label && { label }) };
  });
}

export const trigger = (id = 'start'): object => ({ id, type: 'trigger' });
export const action = (id: string, name: string, config: Config = {}, rest: Config = {}): object => ({
  id,
  type: 'action',
  config: { action: name, ...config },
  ...rest,
});
export const log = (id: string, message = id): object => action(id, 'log', { message });
export const condition = (id: string, cel: string, rest: Config = {}): object => ({
  id,
  type: 'condition',
  config: { condition: cel },
  ...rest,
});

export interface RunBody {
  id: string;
  status: string;
  outputs: unknown;
  error: { code: string; nodeId?: string; message: string } | null;
  attempt: number;
  steps: {
    nodeId: string;
    status: string;
    attempts: number;
    input: unknown;
    output: unknown;
    error: { code: string } | null;
    wakeAt: string | null;
    approval: { approvers: string[]; decision: string | null; comment: string | null } | null;
  }[];
}

/** Makes workflows and follows their runs, over HTTP, as the tenant's owner. */
export class WorkflowWorld {
  private constructor(readonly tenants: TenantWorld) {}

  static async create(app: TestApp): Promise<WorkflowWorld> {
    return new WorkflowWorld(await TenantWorld.create(app));
  }

  as(role: Role, tenant?: TestTenant): ReturnType<TenantWorld['as']> {
    return this.tenants.as(role, tenant);
  }

  async workflow(nodes: object[], links: object[], rest: object = {}): Promise<string> {
    const body = { name: uniqueName(), nodes, edges: links, ...rest };
    return expectStatus(await this.as('owner').post('/workflows', body), 201)['id'] as string;
  }

  async start(workflowId: string, input: unknown = {}): Promise<string> {
    const response = await this.as('owner').post(`/workflows/${workflowId}/runs`, { input });
    return expectStatus(response, 202)['id'] as string;
  }

  async get(runId: string): Promise<RunBody> {
    return expectStatus(await this.as('owner').get(`/workflow-runs/${runId}`), 200) as unknown as RunBody;
  }

  /** The run, once it is in one of the statuses; by default when it has ended. */
  async reached(runId: string, ...statuses: string[]): Promise<RunBody> {
    const wanted = statuses.length > 0 ? statuses : ['succeeded', 'failed', 'cancelled'];
    const run = await eventually(
      () => this.get(runId),
      ({ status }) => wanted.includes(status),
    );
    if (!wanted.includes(run.status)) throw new Error(`The run is ${run.status}: ${JSON.stringify(run)}`);
    return run;
  }

  /** Lets the next look find the run due, whatever it waits for. */
  async makeDue(runId: string): Promise<void> {
    const { adminUrl } = await testDatabase();
    await withClient(adminUrl, async (admin) => {
      await admin.query('UPDATE workflow_run_steps SET wake_at = now() WHERE run_id = $1 AND wake_at IS NOT NULL', [
        runId,
      ]);
      await admin.query(
        'UPDATE workflow_run_steps SET deadline_at = now() WHERE run_id = $1 AND deadline_at IS NOT NULL',
        [runId],
      );
      await admin.query('UPDATE workflow_runs SET wake_at = now() WHERE id = $1', [runId]);
    });
    for (const job of await queuedFor(this.tenants.tenant, 'workflow.run')) {
      if (JSON.stringify(job.payload).includes(runId)) await job.makeDue();
    }
  }

  async run(nodes: object[], links: object[], input: unknown = {}): Promise<RunBody> {
    return this.reached(await this.start(await this.workflow(nodes, links), input));
  }
}

/** What became of each step: `{a: 'succeeded'}`. */
export function fates({ steps }: RunBody): Record<string, string> {
  return Object.fromEntries(steps.map(({ nodeId, status }) => [nodeId, status]));
}

export function stepOf({ steps }: RunBody, nodeId: string): RunBody['steps'][number] {
  const step = steps.find((candidate) => candidate.nodeId === nodeId);
  if (!step) throw new Error(`There is no step ${nodeId}.`);
  return step;
}

function expectStatus(response: Response, status: number): Record<string, unknown> {
  if (response.status !== status) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
  return response.body as Record<string, unknown>;
}
