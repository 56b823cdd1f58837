import { randomUUID } from 'node:crypto';
import { MetricsRegistry } from '../../../src/common/observability/metrics-registry.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { ExpiredRows } from '../../../src/common/retention/expired-rows.js';
import { type ContractWorld, describeContract, problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, condition, edges, log, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

/** What the paths name, in another tenant: a run, or a workflow. */
const foreign = (make: (there: WorkflowWorld) => Promise<string>) => {
  let id: Promise<string> | undefined;
  return (): ContractWorld => ({
    http: world.tenants.http,
    tokenOf: (role) => world.tenants.tokenOf(role),
    foreignId: () => (id ??= WorkflowWorld.create(app).then(make)),
  });
};
const workflowOf = (there: WorkflowWorld): Promise<string> =>
  there.workflow([trigger(), log('say')], edges('start -> say'));
const runOf = async (there: WorkflowWorld): Promise<string> => there.start(await workflowOf(there));

describe('Runs of a workflow', () => {
  describeContract(foreign(workflowOf), {
    'POST /workflows/:id/runs': { allow: 'member', body: { input: { n: 1 } } },
    'GET /workflows/:id/runs': {
      allow: 'viewer',
      invalidQueries: ['limit=101', 'status=odd', 'trigger=odd', 'cursor=odd', 'page=1'],
    },
  });
});

describe('A run', () => {
  describeContract(foreign(runOf), {
    'GET /workflow-runs/:id': { allow: 'viewer' },
    'GET /workflow-runs/:id/events': { allow: 'viewer' },
    'POST /workflow-runs/:id/cancel': { allow: 'member' },
    'POST /workflow-runs/:id/retry': { allow: 'member' },
    'POST /workflow-runs/:id/steps/x/approve': {
      allow: 'viewer',
      body: { comment: 'fine' },
      invalidBodies: { 'a comment that is none': { comment: 1 } },
    },
    'POST /workflow-runs/:id/steps/x/reject': { allow: 'viewer', body: { comment: 'no' } },
  });

  it('is started and steered by members only where the workflow is theirs', async () => {
    const id = await workflowOf(world);
    const yours = { status: 403, code: 'workflow.not_yours' };
    expect(problemOf(await world.as('member').post(`/workflows/${id}/runs`, {}))).toEqual(yours);
    const run = await world.start(id);
    await world.reached(run);
    for (const verb of ['cancel', 'retry']) {
      expect(problemOf(await world.as('member').post(`/workflow-runs/${run}/${verb}`))).toEqual(yours);
    }
    expect((await world.as('manager').post(`/workflows/${id}/runs`)).status).toBe(202);
  });

  it('is not started for a workflow that could not run', async () => {
    const id = await world.workflow([trigger(), condition('bad', 'input.')], edges('start -> bad'));
    const answer = await world.as('owner').post(`/workflows/${id}/runs`, {});
    expect(problemOf(answer)).toEqual({ status: 422, code: 'workflow.invalid' });
  });

  it('keeps the version that it started with', async () => {
    const id = await world.workflow([trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges('start -> wait'));
    const run = await world.start(id);
    await world
      .as('owner')
      .patch(`/workflows/${id}`, { nodes: [trigger(), log('other')], edges: edges('start -> other') });
    expect(await world.reached(run, 'waiting')).toMatchObject({ workflowVersion: 1 });
    expect((await world.as('owner').post(`/workflows/${id}/runs`)).body).toMatchObject({ workflowVersion: 2 });
  });

  it('answers 404 for a step that is not there, and 409 for one that waits for nobody', async () => {
    const run = await world.run([trigger(), log('say')], edges('start -> say'));
    const decide = (node: string) => world.as('owner').post(`/workflow-runs/${run.id}/steps/${node}/approve`, {});
    expect(problemOf(await decide('nothing'))).toEqual({ status: 404, code: 'workflow_run_step.not_found' });
    expect(problemOf(await decide('say'))).toEqual({ status: 409, code: 'workflow_run.nothing_to_decide' });
  });

  it('is listed with others of its workflow, newest first, page by page and by status', async () => {
    const id = await workflowOf(world);
    const runs = [];
    for (let n = 0; n < 3; n += 1) runs.unshift(await world.start(id, n));
    await Promise.all(runs.map((run) => world.reached(run)));
    const list = async (query: string): Promise<{ data: { id: string }[]; meta: { nextCursor: string | null } }> =>
      (await world.as('viewer').get(`/workflows/${id}/runs?${query}`)).body as never;
    const first = await list('limit=2');
    const second = await list(`limit=2&cursor=${first.meta.nextCursor}`);
    expect([...first.data, ...second.data].map((run) => run.id)).toEqual(runs);
    expect(second.meta.nextCursor).toBeNull();
    expect((await list('status=succeeded&trigger=manual')).data).toHaveLength(3);
    expect((await list('status=failed')).data).toEqual([]);
    expect(problemOf(await world.as('viewer').get(`/workflows/${randomUUID()}/runs`))).toEqual({
      status: 404,
      code: 'workflow.not_found',
    });
  });

  it('leaves a trace of who started and steered it', async () => {
    const id = await world.start(
      await world.workflow([trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges('start -> wait')),
    );
    await world.reached(id, 'waiting');
    await world.as('manager').post(`/workflow-runs/${id}/cancel`);
    expect(await world.tenants.auditOf(id)).toMatchObject([
      { action: 'workflow_run.started', actorId: await world.tenants.idOf('owner') },
      { action: 'workflow_run.cancelled', actorId: await world.tenants.idOf('manager') },
    ]);
  });

  it('is counted in the metrics', async () => {
    await world.run([trigger(), log('say')], edges('start -> say'));
    const metrics = await app.app.get(MetricsRegistry).metrics();
    expect(metrics).toMatch(/workflow_runs_total\{status="succeeded",trigger="manual"\} [1-9]/);
    expect(metrics).toMatch(/workflow_step_duration_seconds_count\{type="action",outcome="done"\} [1-9]/);
    expect(metrics).toMatch(/workflow_run_wait_seconds_count [1-9]/);
  });

  it('is forgotten a month after its end, with its steps and events, and not while it goes on', async () => {
    const ended = await world.run([trigger(), log('say')], edges('start -> say'));
    const open = await world.start(
      await world.workflow([trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges('start -> wait')),
    );
    await world.reached(open, 'waiting');
    const prisma = app.app.get(PrismaService);
    const inThirtyOneDays = new Date(Date.now() + 31 * 86_400_000);
    const left = await world.tenants.make.inTenant(world.tenants.tenant, async () => {
      await app.app.get(ExpiredRows, { strict: false }).delete('tenant', new AbortController().signal, inThirtyOneDays);
      return prisma.workflowRunEvent.count({ where: { runId: ended.id } });
    });
    expect(left).toBe(0);
    expect((await world.as('owner').get(`/workflow-runs/${ended.id}`)).status).toBe(404);
    expect((await world.get(open)).status).toBe('waiting');
  });
});
