import { eventually } from '../../support/eventually.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { describeContract } from '../../support/contract.js';
import { forever, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';
import type { Person } from '../../support/tenant-world.js';

let app: TestApp;
let worker: TestApp;
let world: WorkflowWorld;
let probe: StepProbe;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'api' }, [StepProbeModule]);
  worker = await createTestApp({ APP_ROLE: 'all' }, [StepProbeModule]);
  world = await WorkflowWorld.create(app);
  probe = worker.app.get(StepProbe);
});
afterAll(async () => {
  await app.close();
  await worker.close();
});

interface Answer {
  cancelled: number;
  requested: number;
  mayBeMore: boolean;
}

const WAITING = { nodes: [trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges: edges('start -> wait') };

async function workflowOf(person: Person, body: object = WAITING): Promise<string> {
  return ((await person.post('/workflows', { name: uniqueName(), ...body })).body as { id: string }).id;
}

async function startOf(person: Person, workflowId: string, times: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < times; n += 1) {
    ids.push(((await person.post(`/workflows/${workflowId}/runs`)).body as { id: string }).id);
  }
  return ids;
}

async function statusesOf(person: Person, runIds: string[]): Promise<string[]> {
  const answers = await Promise.all(runIds.map((id) => person.get(`/workflow-runs/${id}`)));
  return answers.map(({ body }) => (body as { status: string }).status);
}

async function cancel(person: Person, body: object = {}): Promise<Answer> {
  const answer = await person.post('/workflow-runs/cancel', body);
  expect(answer.status).toBe(200);
  return answer.body as Answer;
}

const allWaiting = (person: Person, runIds: string[]): Promise<string[]> =>
  eventually(
    () => statusesOf(person, runIds),
    (statuses) => statuses.every((status) => status === 'waiting'),
  );

describeContract(() => world.tenants, {
  'POST /workflow-runs/cancel': {
    allow: 'member',
    body: {},
    invalidBodies: {
      'a status that has ended': { status: 'failed' },
      'no id': { workflowId: 'x' },
      much: { limit: 1001 },
    },
  },
});

describe('Runs that are cancelled together', () => {
  let tenant: TestTenant;
  let owner: Person;
  beforeEach(async () => {
    tenant = await world.tenants.make.createTenant({ quota: { concurrentRuns: 2 } });
    owner = world.as('owner', tenant);
  });

  it('end at once, whether they wait, are in the line or with a worker, and leave a trace', async () => {
    const [waiting] = await startOf(owner, await workflowOf(owner), 1);
    await allWaiting(owner, [waiting!]);
    probe.behave(tenant.id, forever);
    const busy = await workflowOf(owner, {
      nodes: [trigger(), action('step', 'test.probe', { key: tenant.id })],
      edges: edges('start -> step'),
    });
    const runIds = await startOf(owner, busy, 5);
    await eventually(
      () => statusesOf(owner, runIds),
      (statuses) => statuses.filter((status) => status === 'running').length === 2,
    );
    expect(await cancel(owner)).toEqual({ cancelled: 4, requested: 2, mayBeMore: false });
    await eventually(
      () => statusesOf(owner, [waiting!, ...runIds]),
      (statuses) => statuses.every((status) => status === 'cancelled'),
    );
    const entries = (await world.tenants.make.auditEntries(tenant)).filter(
      ({ action: name }) => name === 'workflow_run.many_cancelled',
    );
    const audited = entries.flatMap(({ details }) => (details as { runIds: string[] }).runIds);
    expect(audited.sort()).toEqual([waiting!, ...runIds].sort());
    expect(await cancel(owner)).toEqual({ cancelled: 0, requested: 0, mayBeMore: false });
  });

  it('are those that the filter names, and no more than asked for', async () => {
    const [one, other] = [await workflowOf(owner), await workflowOf(owner)];
    const ofOne = await startOf(owner, one, 3);
    const ofOther = await startOf(owner, other, 2);
    await allWaiting(owner, [...ofOne, ...ofOther]);
    expect(await cancel(owner, { workflowId: one, createdTo: '2020-01-01T00:00:00Z' })).toMatchObject({ cancelled: 0 });
    expect(await cancel(owner, { workflowId: one, status: 'queued' })).toMatchObject({ cancelled: 0 });
    expect(await cancel(owner, { workflowId: one, trigger: 'manual', limit: 2 })).toMatchObject({
      cancelled: 2,
      mayBeMore: true,
    });
    expect(await cancel(owner, { workflowId: one, ownerId: tenant.owner.id })).toMatchObject({ cancelled: 1 });
    expect(await statusesOf(owner, ofOther)).toEqual(['waiting', 'waiting']);
  });

  it("are a member's own, and a manager's all", async () => {
    const member = await world.tenants.newPerson({ role: 'member' }, tenant);
    const own = await startOf(member, await workflowOf(member), 1);
    const foreign = await startOf(owner, await workflowOf(owner), 1);
    await allWaiting(owner, [...own, ...foreign]);
    expect(await cancel(member)).toMatchObject({ cancelled: 1 });
    expect(await statusesOf(owner, foreign)).toEqual(['waiting']);
    const elsewhere = world.as('owner', await world.tenants.make.createTenant());
    expect(await cancel(elsewhere)).toMatchObject({ cancelled: 0 });
    expect(await cancel(await world.tenants.newPerson({ role: 'manager' }, tenant))).toMatchObject({ cancelled: 1 });
  });
});
