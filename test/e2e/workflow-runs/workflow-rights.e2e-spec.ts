import { jest } from '@jest/globals';
import { withClient } from '../../../scripts/db/connect.ts';
import { IdentityReadModel } from '../../../src/common/auth/identity.read-model.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import { heardOfEverything } from '../../support/heard.js';
import { queuedFor } from '../../support/queued-tasks.js';
import { gate, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import type { Person } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';
import { uniqueName } from '../../support/workflow-drafts.js';
import { action, edges, fates, type RunBody, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
let probe: StepProbe;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' }, [StepProbeModule]);
  world = await WorkflowWorld.create(app);
  probe = app.app.get(StepProbe);
  await heardOfEverything(app);
});
afterAll(() => app.close());

const step = (key: string, rest: Record<string, unknown> = {}): object => action(key, 'test.probe', { key }, rest);
const writing = (key: string): object => action(key, 'test.writing_probe', { key });

/** As another process would: this one hears of it from the database alone. */
async function elsewhere(sql: string, ...values: unknown[]): Promise<void> {
  const { adminUrl } = await testDatabase();
  await withClient(adminUrl, (admin) => admin.query(sql, values));
}

const demoteElsewhere = (userId: string) => elsewhere(`UPDATE users SET role = 'viewer' WHERE id = $1`, userId);

/** A run of somebody's own workflow, in which the steps follow each other. */
async function startOf(person: Person, ...steps: object[]): Promise<string> {
  const ids = ['start', ...steps.map((node) => (node as { id: string }).id)];
  const links = ids.slice(1).map((id, index) => `${ids[index]} -> ${id}`);
  const body = { name: uniqueName(), nodes: [trigger(), ...steps], edges: edges(...links) };
  const { id } = (await person.post('/workflows', body)).body as { id: string };
  return ((await person.post(`/workflows/${id}/runs`, {})).body as { id: string }).id;
}

/** A step that waits until the test lets it go on. */
function held(key: string): { begun: Promise<unknown>; open: () => void } {
  const { opened, open } = gate();
  probe.behave(key, () => opened);
  return { begun: probe.begun(key), open };
}

describe('Before every step of a run', () => {
  it('the role of the owner is the one they have now', async () => {
    const owner = await world.tenants.newPerson({ role: 'manager' });
    const first = held('before_demotion');
    const id = await startOf(owner, step('before_demotion'), step('after_demotion'));
    await first.begun;
    const demoted = await world.as('owner').patch(`/users/${owner.user.id}`, { role: 'member' });
    expect(demoted.status).toBe(200);
    first.open();
    expect((await world.reached(id)).status).toBe('succeeded');
    expect([...probe.callsOf('before_demotion'), ...probe.callsOf('after_demotion')].map(({ role }) => role)).toEqual([
      'manager',
      'member',
    ]);
  });

  it('a change that another process made is known as well', async () => {
    const owner = await world.tenants.newPerson({ role: 'manager' });
    const first = held('before_news');
    const id = await startOf(owner, step('before_news'), step('after_news'));
    await first.begun;
    await demoteElsewhere(owner.user.id);
    await heardOfEverything(app);
    first.open();
    await world.reached(id);
    expect(probe.callsOf('after_news').map(({ role }) => role)).toEqual(['viewer']);
  });

  it('an owner who is not active any more ends the run', async () => {
    const owner = await world.tenants.newPerson({ role: 'member' });
    const first = held('last_deed');
    const id = await startOf(owner, step('last_deed'), step('never_done'));
    await first.begun;
    expect((await world.as('owner').post(`/users/${owner.user.id}/deactivate`)).status).toBe(200);
    first.open();
    const run = await world.reached(id);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'run.owner_inactive' } });
    expect(fates(run)).toMatchObject({ last_deed: 'succeeded', never_done: 'cancelled' });
    expect(probe.callsOf('never_done')).toEqual([]);
  });

  it('a tenant that is suspended gets nothing more done, until it is active again', async () => {
    const owner = world.as('owner');
    const first = held('before_suspension');
    const id = await startOf(owner, step('before_suspension'), step('after_suspension'));
    await first.begun;
    const tenantId = world.tenants.tenant.id;
    await elsewhere(`UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1`, tenantId);
    await heardOfEverything(app);
    first.open();
    try {
      // Its worker has let go of it, for whoever may go on.
      const waiting = await eventually(
        () => queuedFor(world.tenants.tenant, 'workflow.run'),
        (jobs) => jobs.some(({ payload, inFuture }) => JSON.stringify(payload).includes(id) && inFuture),
      );
      expect(waiting).not.toEqual([]);
      expect(probe.callsOf('after_suspension')).toEqual([]);
    } finally {
      await elsewhere(`UPDATE tenants SET status = 'ACTIVE' WHERE id = $1`, tenantId);
      await heardOfEverything(app);
    }
    await world.makeDue(id);
    expect((await world.reached(id)).status).toBe('succeeded');
    expect([probe.callsOf('before_suspension').length, probe.callsOf('after_suspension').length]).toEqual([1, 1]);
  });

  it('no rights are looked up while changes are heard of', async () => {
    const owner = await world.tenants.newPerson({ role: 'member' });
    const before = await world.reached(await startOf(owner, step('warm_up')));
    expect(before.status).toBe('succeeded');
    await heardOfEverything(app);
    const lookUp = jest.spyOn(IdentityReadModel.prototype, 'ofUser');
    const keys = Array.from({ length: 5 }, (_, index) => `cached_${index}`);
    expect((await world.reached(await startOf(owner, ...keys.map((key) => step(key))))).status).toBe('succeeded');
    expect(lookUp.mock.calls.filter(([, userId]) => userId === owner.user.id)).toEqual([]);
    lookUp.mockRestore();
  });
});

describe('A step of a run that writes', () => {
  /** Of a manager who is a viewer before the step has ended, and nobody here has heard of it. */
  async function demotedMeanwhile(key: string): Promise<{ run: RunBody; name: string }> {
    const owner = await world.tenants.newPerson({ role: 'manager' });
    const name = uniqueName();
    probe.behave(key, async ({ attempt }) => {
      await app.app.get(PrismaService).luaScript.create({ data: { name, code: 'return 1' }, select: { id: true } });
      if (attempt === 1) await demoteElsewhere(owner.user.id);
    });
    return { run: await world.reached(await startOf(owner, writing(key))), name };
  }

  it('is undone, and tried again, where its owner has lost rights meanwhile', async () => {
    // The second attempt could not take the name if the first one had left anything.
    const { run } = await demotedMeanwhile('undone');
    expect(run.status).toBe('succeeded');
    expect(probe.callsOf('undone').map(({ role }) => role)).toEqual(['manager', 'viewer']);
    expect(stepOf(run, 'undone').attempts).toBe(2);
  });

  it('is undone, and the run ends, where its owner is not active any more', async () => {
    const owner = await world.tenants.newPerson({ role: 'manager' });
    const name = uniqueName();
    probe.behave('gone_meanwhile', async () => {
      await app.app.get(PrismaService).luaScript.create({ data: { name, code: 'return 1' }, select: { id: true } });
      await elsewhere(`UPDATE users SET status = 'SUSPENDED' WHERE id = $1`, owner.user.id);
    });
    const run = await world.reached(await startOf(owner, writing('gone_meanwhile')));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'run.owner_inactive' } });
    const { data } = (await world.as('owner').get(`/lua-scripts?search=${name}`)).body as { data: unknown[] };
    expect(data).toEqual([]);
    expect(probe.callsOf('gone_meanwhile').length).toBe(1);
  });
});

describe('A retry of a run', () => {
  it('never lets what somebody wrote act for a later owner of the workflow', async () => {
    const manager = await world.tenants.newPerson({ role: 'manager' });
    const admin = await world.tenants.newPerson({ role: 'admin' });
    let isFixed = false;
    probe.behave('old_version', () => {
      if (!isFixed) throw new Error('broken');
    });
    const id = await startOf(manager, step('old_version'));
    const { workflowId } = (await world.reached(id)) as RunBody & { workflowId: string };
    const input = { from: manager.user.id, to: admin.user.id };
    expect((await admin.post('/dbal/operations/transfer_workflow', { input })).status).toBe(200);
    const cleaned = { nodes: [trigger(), step('clean')], edges: edges('start -> clean') };
    expect((await admin.patch(`/workflows/${workflowId}`, cleaned)).status).toBe(200);
    isFixed = true;
    // A manager may run workflows of admins by hand: what they decided, but nothing of one's own.
    expect((await manager.post(`/workflow-runs/${id}/retry`)).status).toBe(202);
    expect(await world.reached(id)).toMatchObject({ status: 'succeeded', ownerId: manager.user.id });
    expect(probe.callsOf('old_version').map(({ actorId, role }) => [actorId, role])).toEqual([
      [manager.user.id, 'manager'],
      [manager.user.id, 'manager'],
    ]);
  });

  it('acts with what the owner of the run may now', async () => {
    const manager = await world.tenants.newPerson({ role: 'manager' });
    probe.behave('less_now', ({ role }) => {
      if (role === 'manager') throw new Error('broken');
    });
    const id = await startOf(manager, step('less_now'));
    await world.reached(id);
    expect((await world.as('owner').patch(`/users/${manager.user.id}`, { role: 'member' })).status).toBe(200);
    expect((await manager.post(`/workflow-runs/${id}/retry`)).status).toBe(202);
    expect((await world.reached(id)).status).toBe('succeeded');
    expect(probe.callsOf('less_now').map(({ role }) => role)).toEqual(['manager', 'member']);
  });

  it('fails when the owner of the run is gone, whoever owns the workflow by now', async () => {
    const leaver = await world.tenants.newPerson({ role: 'member' });
    const successor = await world.tenants.newPerson({ role: 'member' });
    probe.behave('left_behind', () => {
      throw new Error('broken');
    });
    const id = await startOf(leaver, step('left_behind'));
    await world.reached(id);
    const input = { userId: leaver.user.id, successorId: successor.user.id };
    expect((await world.as('owner').post('/dbal/operations/offboard_user', { input })).status).toBe(200);
    expect((await successor.post(`/workflow-runs/${id}/retry`)).status).toBe(202);
    expect(await world.reached(id)).toMatchObject({ status: 'failed', error: { code: 'run.owner_inactive' } });
    expect(probe.callsOf('left_behind').length).toBe(1);
    expect(problemOf(await leaver.post(`/workflow-runs/${id}/retry`)).status).toBe(401);
  });
});
