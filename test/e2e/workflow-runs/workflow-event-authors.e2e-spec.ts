import { randomUUID } from 'node:crypto';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { DeliverEventTask } from '../../../src/common/events/deliver-event.task.js';
import { eventually } from '../../support/eventually.js';
import { heardOfEverything } from '../../support/heard.js';
import { queuedFor } from '../../support/queued-tasks.js';
import type { Person } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { uniqueName } from '../../support/workflow-drafts.js';
import { action, edges, log, trigger, WorkflowWorld } from '../../support/workflow-world.js';

interface Line {
  message: string;
  data?: { code?: string; eventId?: string; workflowIds?: string[] };
}

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
  await heardOfEverything(app);
});
afterAll(() => app.close());

const newName = (): string => `custom.thing_${randomUUID().replaceAll('-', '')}`;

/** An active workflow of somebody that waits for an event. */
async function waiting(person: Person, name: string, rest: object = {}): Promise<string> {
  const body = { nodes: [trigger(), log('say')], edges: edges('start -> say'), trigger: 'event' };
  const made = await person.post('/workflows', { ...body, name: uniqueName(), triggerConfig: { name, ...rest } });
  expect(made.status).toBe(201);
  const { id } = made.body as { id: string };
  expect((await person.post(`/workflows/${id}/activate`)).status).toBe(200);
  return id;
}

/** A run of somebody that has emitted the event, once everybody has been told. */
async function emittedBy(person: Person, name: string, payload: object = {}): Promise<string> {
  const nodes = [trigger(), action('emit', 'event.emit', { name, payload })];
  const made = await person.post('/workflows', { name: uniqueName(), nodes, edges: edges('start -> emit') });
  const { id } = made.body as { id: string };
  const runId = ((await person.post(`/workflows/${id}/runs`, {})).body as { id: string }).id;
  expect((await world.reached(runId)).status).toBe('succeeded');
  await eventually(
    () => queuedFor(world.tenants.tenant, 'event.deliver'),
    (jobs) => jobs.length === 0,
  );
  return runId;
}

async function inputsOf(workflowId: string): Promise<{ by?: unknown; payload: unknown }[]> {
  const { body } = await world.as('owner').get(`/workflows/${workflowId}/runs`);
  const runs = await Promise.all((body as { data: { id: string }[] }).data.map(({ id }) => world.get(id)));
  return runs.map((run) => (run as unknown as { input: { by?: unknown; payload: unknown } }).input);
}

const logOf = async (runId: string): Promise<Line[]> =>
  world.tenants.make.inTenant(world.tenants.tenant, async () => {
    const where = { runId, type: 'step.log', nodeId: 'emit' };
    const events = await app.app.get(PrismaService).workflowRunEvent.findMany({ where, orderBy: { seq: 'asc' } });
    return events.map(({ data }) => data as unknown as Line);
  });

describe('An event that somebody emits', () => {
  it('starts nothing that they may not run by hand, and the log of its step says so', async () => {
    const member = await world.tenants.newPerson({ role: 'member' });
    const admin = await world.tenants.newPerson({ role: 'admin' });
    const name = newName();
    const [theirs, own] = [await waiting(admin, name), await waiting(member, name)];
    const runId = await emittedBy(member, name, { suspend: admin.user.id });
    expect(await inputsOf(theirs)).toEqual([]);
    expect(await inputsOf(own)).toMatchObject([{ by: { userId: member.user.id, runId } }]);
    expect(await logOf(runId)).toEqual([
      {
        attempt: 1,
        message: expect.stringContaining(name),
        data: { code: 'event.refused', eventId: expect.any(String), workflowIds: [theirs] },
      },
    ]);
  });

  it('starts what they may run by hand', async () => {
    const manager = await world.tenants.newPerson({ role: 'manager' });
    const admin = await world.tenants.newPerson({ role: 'admin' });
    const name = newName();
    const id = await waiting(admin, name);
    const runId = await emittedBy(manager, name, { n: 1 });
    expect(await inputsOf(id)).toMatchObject([{ payload: { n: 1 }, by: { userId: manager.user.id, runId } }]);
    expect(await logOf(runId)).toEqual([]);
  });

  it('starts workflows that take events from anyone', async () => {
    const member = await world.tenants.newPerson({ role: 'member' });
    const name = newName();
    const id = await waiting(world.as('admin'), name, { from: 'anyone' });
    const runId = await emittedBy(member, name);
    expect(await inputsOf(id)).toMatchObject([{ by: { userId: member.user.id, runId } }]);
  });

  it('is told with its author, whom a filter can ask for and a payload cannot forge', async () => {
    const member = await world.tenants.newPerson({ role: 'member' });
    const other = await world.tenants.newPerson({ role: 'member' });
    const name = newName();
    const filter = `event.by.userId == "${member.user.id}"`;
    const id = await waiting(world.as('admin'), name, { from: 'anyone', filter });
    await emittedBy(other, name, { by: { userId: member.user.id } });
    expect(await inputsOf(id)).toEqual([]);
    await emittedBy(member, name);
    expect(await inputsOf(id)).toHaveLength(1);
  });

  it('counts with what its author may when it is told, not only when it was emitted', async () => {
    const manager = await world.tenants.newPerson({ role: 'manager' });
    const name = newName();
    const id = await waiting(world.as('admin'), name);
    const runId = await emittedBy(manager, newName());
    expect((await world.as('owner').patch(`/users/${manager.user.id}`, { role: 'member' })).status).toBe(200);
    const by = { userId: manager.user.id, role: 'manager', runId, nodeId: 'emit', attempt: 1 };
    await told({ name, by });
    expect(await inputsOf(id)).toEqual([]);
    // However often it is told, it is noted once.
    expect(await logOf(runId)).toHaveLength(1);
  });

  it('of nobody starts only what takes events from anyone', async () => {
    const name = newName();
    const [id, open] = [
      await waiting(world.as('owner'), name),
      await waiting(world.as('owner'), name, { from: 'anyone' }),
    ];
    await told({ name });
    expect(await inputsOf(id)).toEqual([]);
    expect(await inputsOf(open)).toHaveLength(1);
  });

  it('cannot be taken from somebody else by name', async () => {
    const body = { name: uniqueName(), nodes: [trigger(), log('say')], edges: edges('start -> say'), trigger: 'event' };
    const triggerConfig = { name: newName(), from: 'members' };
    const { id } = (await world.as('owner').post('/workflows', { ...body, triggerConfig })).body as { id: string };
    const { problems } = (await world.as('owner').post(`/workflows/${id}/validate`)).body as { problems: object[] };
    expect(problems).toMatchObject([{ pointer: '/triggerConfig/from', code: 'event_from' }]);
  });
});

describe('An event of the program', () => {
  it('counts as the program\u2019s, whoever caused it', async () => {
    const member = await world.tenants.newPerson({ role: 'member' });
    const id = await waiting(world.as('admin'), 'user.updated', {
      filter: `event.payload.user.id == "${member.user.id}"`,
    });
    expect((await member.patch(`/users/${member.user.id}`, { firstName: 'Ada' })).status).toBe(200);
    const [input] = await eventually(
      () => inputsOf(id),
      (inputs) => inputs.length > 0,
    );
    expect(input).not.toHaveProperty('by');
  });
});

/** Tells the trigger an event twice, as a queue may. */
async function told(event: object): Promise<void> {
  const id = randomUUID();
  const stored = { id, payload: {}, occurredAt: new Date().toISOString(), depth: 0, rootId: id, ...event };
  for (let time = 0; time < 2; time += 1) {
    await world.tenants.make.inTenant(world.tenants.tenant, () =>
      app.app.get(DeliverEventTask, { strict: false }).handle({ subscriber: 'EventTrigger', event: stored }),
    );
  }
}
