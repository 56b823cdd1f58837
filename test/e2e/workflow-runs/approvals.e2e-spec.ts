import { describeContract, problemOf } from '../../support/contract.js';
import type { Person } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

/** A run of the owner that waits for those; returns its id. */
const asked = async (config: Record<string, unknown>): Promise<string> => {
  const id = await world.workflow([trigger(), action('ask', 'approval', config)], edges('start -> ask'));
  const run = await world.start(id);
  await world.reached(run, 'waiting');
  return run;
};
const waiting = async (person: Person, query = ''): Promise<string[]> => {
  const { status, body } = await person.get(`/approvals?${query}`);
  expect(status).toBe(200);
  return body.data.map(({ runId }: { runId: string }) => runId);
};

describeContract(() => world.tenants, {
  'GET /approvals': { allow: 'viewer', invalidQueries: ['limit=101', 'all=perhaps', 'cursor=x'] },
});

describe('The list of approvals', () => {
  it('has what waits for the caller, until it is decided', async () => {
    const viewer = await world.tenants.newPerson({ role: 'viewer' });
    const forViewer = await asked({ message: 'Send it?', approvers: [`user:${viewer.user.id}`] });
    const forManagers = await asked({ approvers: ['role:manager'] });
    const forRunners = await asked({});
    const expired = await asked({ approvers: ['role:viewer'], deadlineMs: 1000 });
    await world.reached(expired, 'failed');

    expect(await waiting(viewer)).toEqual([forViewer]);
    expect(await waiting(world.as('member'))).toEqual([]);
    expect(await waiting(world.as('manager'))).toEqual([forManagers, forRunners]);
    expect(await waiting(world.as('manager'), 'all=true')).toEqual([forViewer, forManagers, forRunners]);

    const { body } = await viewer.get('/approvals');
    expect(body.data[0]).toMatchObject({
      runId: forViewer,
      nodeId: 'ask',
      message: 'Send it?',
      approvers: [`user:${viewer.user.id}`],
      ownerId: await world.tenants.idOf('owner'),
      triggeredBy: await world.tenants.idOf('owner'),
      workflowName: expect.stringMatching(/^Workflow /),
      waitingSince: expect.any(String),
      deadlineAt: null,
    });
    expect(body.meta).toMatchObject({ total: 1 });
    const page = await world.as('manager').get('/approvals?all=true&limit=2&page=2');
    expect(page.body).toMatchObject({ data: [{ runId: forRunners }], meta: { total: 3, totalPages: 2 } });

    expect((await viewer.post(`/workflow-runs/${forViewer}/steps/ask/approve`, {})).status).toBe(200);
    expect(await waiting(viewer)).toEqual([]);
    await world.as('owner').post(`/workflow-runs/${forManagers}/cancel`);
    await world.as('owner').post(`/workflow-runs/${forRunners}/cancel`);
    expect(await waiting(world.as('owner'), 'all=true')).toEqual([]);
  });

  it('shows members their own where the step names nobody, and nobody what others tenants have', async () => {
    const member = await world.tenants.newPerson({ role: 'member' });
    const body = {
      name: `Asks ${member.user.id}`,
      nodes: [trigger(), action('ask', 'approval')],
      edges: edges('start -> ask'),
    };
    const { id } = (await member.post('/workflows', body)).body;
    const run = (await member.post(`/workflows/${id}/runs`, {})).body.id as string;
    await world.reached(run, 'waiting');
    expect(await waiting(member)).toEqual([run]);
    expect(await waiting(world.as('member'))).toEqual([]);
    expect(await waiting(world.as('owner', world.tenants.other), 'all=true')).toEqual([]);
    await member.post(`/workflow-runs/${run}/cancel`);
  });

  it('is for managers where it is about everybody', async () => {
    expect(problemOf(await world.as('member').get('/approvals?all=true'))).toEqual({
      status: 403,
      code: 'auth.forbidden',
    });
  });
});
