import type { Role } from '../../../src/common/identity/roles.js';
import { SYSTEM_ACTOR } from '../../../src/common/identity/actor.js';
import { readSecret } from '../../../src/common/auth/secret-token.js';
import { withClient } from '../../../scripts/db/connect.ts';
import { DbalService } from '../../../src/common/dbal/dbal.service.js';
import { HookAddressesService } from '../../../src/modules/workflow-runs/hooks/hook-addresses.service.js';
import { RunsService } from '../../../src/modules/workflow-runs/runs.service.js';
import { problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import type { TestUser } from '../../support/factories/users.js';
import { heardOfEverything } from '../../support/heard.js';
import { gate, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import type { Person } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';
import { uniqueName } from '../../support/workflow-drafts.js';
import { action, edges, fates, type RunBody, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

type Somebody = Person & { user: TestUser };

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

const step = (key: string): object => action(key, 'test.probe', { key });
const delay = action('wait', 'delay', { ms: 3_600_000 });
/** Whoever calls decides what is done, and to whom. */
const puppet = action('puppet', 'dbal.operation', {
  operation: '{{ trigger.operation }}',
  input: '{{ trigger.input }}',
});

const people = (...roles: Role[]): Promise<Somebody[]> =>
  Promise.all(roles.map((role) => world.tenants.newPerson({ role })));

interface WorkflowBody {
  id: string;
  status: string;
  userId: string;
  hookToken: string | null;
  pendingHandover: { fromUserId: string; at: string } | null;
}

/** A workflow of somebody in which the steps follow each other. */
async function workflowOf(person: Person, steps: object[], rest: object = {}): Promise<WorkflowBody> {
  const ids = ['start', ...steps.map((node) => (node as { id: string }).id)];
  const links = ids.slice(1).map((id, index) => `${ids[index]} -> ${id}`);
  const body = { name: uniqueName(), nodes: [trigger(), ...steps], edges: edges(...links), ...rest };
  const response = await person.post('/workflows', body);
  expect(response.status).toBe(201);
  return response.body as WorkflowBody;
}

async function hookOf(person: Person, steps: object[]): Promise<WorkflowBody> {
  const workflow = await workflowOf(person, steps, { trigger: 'webhook' });
  expect((await person.post(`/workflows/${workflow.id}/activate`)).status).toBe(200);
  return workflow;
}

const seen = async (id: string): Promise<WorkflowBody> =>
  (await world.as('owner').get(`/workflows/${id}`)).body as WorkflowBody;

async function started(person: Person, { id }: { id: string }, input: unknown = {}): Promise<string> {
  const response = await person.post(`/workflows/${id}/runs`, { input });
  expect(response.status).toBe(202);
  return (response.body as { id: string }).id;
}

async function transfer(from: Somebody, to: Somebody, rest: object = {}): Promise<void> {
  const input = { from: from.user.id, to: to.user.id, ...rest };
  expect((await world.as('owner').post('/dbal/operations/transfer_workflow', { input })).status).toBe(200);
}

async function offboard(leaver: Somebody, successor: Somebody, rest: object = {}): Promise<void> {
  const input = { userId: leaver.user.id, successorId: successor.user.id, ...rest };
  expect((await world.as('owner').post('/dbal/operations/offboard_user', { input })).status).toBe(200);
}

const call = (token: string | null, body: object = {}) => world.tenants.nobody().post(`/hooks/${token}`, body);
const isActive = async ({ user }: Somebody): Promise<boolean> =>
  ((await world.as('owner').get(`/users/${user.id}`)).body as { status: string }).status === 'ACTIVE';

describe.each([
  ['offboard_user', offboard],
  ['transfer_workflow', transfer],
] as const)('A workflow that %s gives to somebody who may do more', (_, handOver) => {
  it('does nothing with their rights that they have not approved of', async () => {
    const [member, admin, victim] = (await people('member', 'admin', 'admin')) as [Somebody, Somebody, Somebody];
    const { id, hookToken } = await hookOf(member, [puppet]);
    await handOver(member, admin);
    const input = { userId: victim.user.id, successorId: admin.user.id };
    expect((await call(hookToken, { operation: 'offboard_user', input })).status).toBe(404);
    expect(await seen(id)).toMatchObject({
      status: 'paused',
      userId: admin.user.id,
      pendingHandover: { fromUserId: member.user.id, at: expect.any(String) },
    });
    // Nor when somebody else runs it by hand, who may run workflows of admins and not change them.
    const manager = await world.tenants.newPerson({ role: 'manager' });
    expect(problemOf(await manager.post(`/workflows/${id}/runs`, {}))).toEqual({
      status: 409,
      code: 'workflow.pending_handover',
    });
    expect(await isActive(victim)).toBe(true);
  });

  it('waits for them where they can see it, until they activate it', async () => {
    const [member, admin] = (await people('member', 'admin')) as [Somebody, Somebody];
    const { id } = await hookOf(member, [step('taken_over')]);
    await handOver(member, admin);
    const waiting = async () => {
      const { data } = (await admin.get(`/workflows?pendingHandover=true&userId=${admin.user.id}`)).body;
      return (data as WorkflowBody[]).map((workflow) => workflow.id);
    };
    expect(await waiting()).toEqual([id]);
    expect((await admin.post(`/workflows/${id}/activate`)).status).toBe(200);
    expect(await seen(id)).toMatchObject({ status: 'active', pendingHandover: null });
    expect(await waiting()).toEqual([]);
    // It has no address until they make one.
    const { hookToken } = (await admin.post(`/workflows/${id}/hook-token`)).body as { hookToken: string };
    expect((await call(hookToken)).status).toBe(202);
  });

  it('is not started by its schedule any more', async () => {
    const [member, admin] = (await people('member', 'admin')) as [Somebody, Somebody];
    const triggers = { trigger: 'schedule', triggerConfig: { cron: '* * * * *' } };
    const { id } = await workflowOf(member, [step('by_the_clock')], triggers);
    expect((await member.post(`/workflows/${id}/activate`)).body).toMatchObject({ nextRunAt: expect.any(String) });
    await handOver(member, admin);
    expect(await seen(id)).toMatchObject({ status: 'paused', nextRunAt: null });
  });
});

describe('A workflow that somebody is given who may do as much, or less', () => {
  it.each(['manager', 'member'] as const)('goes on without its address (to a %s)', async (role) => {
    const [manager, receiver] = (await people('manager', role)) as [Somebody, Somebody];
    const { id, hookToken } = await hookOf(manager, [step('goes_on')]);
    await transfer(manager, receiver);
    expect((await call(hookToken)).status).toBe(404);
    expect(await seen(id)).toMatchObject({ status: 'active', pendingHandover: null });
  });
});

describe('An open run', () => {
  it('of somebody who leaves goes on for the successor, with what both may', async () => {
    const [member, admin, victim] = (await people('member', 'admin', 'admin')) as [Somebody, Somebody, Somebody];
    const input = { operation: 'offboard_user', input: { userId: victim.user.id, successorId: admin.user.id } };
    const id = await started(member, await workflowOf(member, [delay, step('of_both'), puppet]), input);
    await world.reached(id, 'waiting');
    await offboard(member, admin);
    await world.makeDue(id);
    const run = await world.reached(id);
    expect(run).toMatchObject({ status: 'failed', ownerId: admin.user.id, roleLimit: 'member' });
    expect(stepOf(run, 'puppet').error).toMatchObject({ code: 'auth.forbidden' });
    expect(probe.callsOf('of_both').map(({ actorId, role }) => [actorId, role])).toEqual([[admin.user.id, 'member']]);
    expect(await isActive(victim)).toBe(true);
  });

  it('has the role of the successor where that is the lesser one', async () => {
    const [admin, member] = (await people('admin', 'member')) as [Somebody, Somebody];
    const id = await started(admin, await workflowOf(admin, [delay, step('of_the_lesser')]));
    await world.reached(id, 'waiting');
    await offboard(admin, member);
    await world.makeDue(id);
    expect((await world.reached(id)).status).toBe('succeeded');
    expect(probe.callsOf('of_the_lesser').map(({ role }) => role)).toEqual(['member']);
  });

  it('keeps the least role of all who had it', async () => {
    const [member, manager, admin] = (await people('member', 'manager', 'admin')) as [Somebody, Somebody, Somebody];
    const id = await started(member, await workflowOf(member, [delay, step('of_three')]));
    await world.reached(id, 'waiting');
    await offboard(member, manager);
    await offboard(manager, admin);
    await world.makeDue(id);
    await world.reached(id);
    expect(probe.callsOf('of_three').map(({ actorId, role }) => [actorId, role])).toEqual([[admin.user.id, 'member']]);
  });

  it('that has a worker goes on in the same way with its next step', async () => {
    const [member, admin] = (await people('member', 'admin')) as [Somebody, Somebody];
    const { opened, open } = gate();
    probe.behave('while_handed_over', () => opened);
    const id = await started(member, await workflowOf(member, [step('while_handed_over'), step('next_for_both')]));
    await probe.begun('while_handed_over');
    await offboard(member, admin);
    open();
    expect((await world.reached(id)).status).toBe('succeeded');
    expect(probe.callsOf('next_for_both').map(({ actorId, role }) => [actorId, role])).toEqual([
      [admin.user.id, 'member'],
    ]);
  });

  it('may do nothing with the things of the successor that its role does not allow', async () => {
    const [manager, admin] = (await people('manager', 'admin')) as [Somebody, Somebody];
    const theirs = await workflowOf(admin, [step('of_the_admin')]);
    const taker = await world.tenants.newPerson({ role: 'manager' });
    const input = { operation: 'transfer_workflow', input: { from: admin.user.id, to: taker.user.id } };
    const id = await started(manager, await workflowOf(manager, [delay, puppet]), input);
    await world.reached(id, 'waiting');
    await offboard(manager, admin);
    await world.makeDue(id);
    expect(stepOf(await world.reached(id), 'puppet').error).toMatchObject({ code: 'workflow.not_yours' });
    expect((await seen(theirs.id)).userId).toBe(admin.user.id);
  });

  it('makes nothing for the successor that others could run with their rights', async () => {
    const [member, admin] = (await people('member', 'admin')) as [Somebody, Somebody];
    const source = await workflowOf(member, [step('copied')]);
    const input = { operation: 'duplicate_workflow', input: { workflowId: source.id } };
    const id = await started(member, await workflowOf(member, [delay, puppet]), input);
    await world.reached(id, 'waiting');
    await offboard(member, admin);
    await world.makeDue(id);
    const run = await world.reached(id);
    const copy = stepOf(run, 'puppet').output as { id: string; userId: string };
    expect(copy.userId).toBe(admin.user.id);
    expect((await seen(copy.id)).pendingHandover).not.toBeNull();
    expect(problemOf(await world.as('manager').post(`/workflows/${copy.id}/runs`, {})).code).toBe(
      'workflow.pending_handover',
    );
  });

  it('is cancelled where the request says so, whatever it is doing', async () => {
    const [leaver, successor, worker] = (await people('member', 'member', 'member')) as [Somebody, Somebody, Somebody];
    probe.behave('busy_leaver', () => new Promise(() => undefined));
    const waiting = await started(leaver, await workflowOf(leaver, [delay]));
    const running = await started(leaver, await workflowOf(leaver, [step('busy_leaver')]));
    const other = await started(worker, await workflowOf(worker, [delay]));
    await probe.begun('busy_leaver');
    await world.reached(waiting, 'waiting');
    await world.reached(other, 'waiting');
    await offboard(leaver, successor, { openRuns: 'cancel' });
    expect((await world.reached(waiting)).status).toBe('cancelled');
    expect((await world.reached(running)).status).toBe('cancelled');
    expect((await world.get(other)).status).toBe('waiting');
  });

  it('stays with the old owner when a workflow is transferred, unless it is cancelled', async () => {
    const [member, admin] = (await people('member', 'admin')) as [Somebody, Somebody];
    const [first, second] = [await workflowOf(member, [delay, step('stays')]), await workflowOf(member, [delay])];
    const [kept, cancelled] = [await started(member, first), await started(member, second)];
    await world.reached(kept, 'waiting');
    await world.reached(cancelled, 'waiting');
    await transfer(member, admin, { workflowIds: [second.id], openRuns: 'cancel' });
    expect((await world.get(cancelled)).status).toBe('cancelled');
    await transfer(member, admin);
    await world.makeDue(kept);
    const run = (await world.reached(kept)) as RunBody & { ownerId: string };
    expect(fates(run)).toMatchObject({ stays: 'succeeded' });
    expect(probe.callsOf('stays').map(({ actorId, role }) => [actorId, role])).toEqual([[member.user.id, 'member']]);
  });
});

describe('At the same moment', () => {
  it('two hand-overs: one of them gets the workflow, and its address ends', async () => {
    const [member, admin, manager] = (await people('member', 'admin', 'manager')) as [Somebody, Somebody, Somebody];
    const { id, hookToken } = await hookOf(member, [step('torn')]);
    const to = [admin, manager].map(async ({ user }) => {
      const input = { from: member.user.id, to: user.id };
      const { body } = await world.as('owner').post('/dbal/operations/transfer_workflow', { input });
      return (body as { result: { count: number } }).result.count;
    });
    expect((await Promise.all(to)).sort()).toEqual([0, 1]);
    expect(await seen(id)).toMatchObject({ status: 'paused', pendingHandover: { fromUserId: member.user.id } });
    expect((await call(hookToken)).status).toBe(404);
  });

  it('a call of the address during a hand-over starts a run of the old owner, or none', async () => {
    const [member, other] = (await people('member', 'member')) as [Somebody, Somebody];
    const { id, hookToken } = await hookOf(member, [step('raced')]);
    const { hash } = readSecret('hook', hookToken!)!;
    let handedOver: Promise<void> | undefined;
    const run = await world.tenants.make.inTenant(world.tenants.tenant, () =>
      app.app.get(DbalService).transaction(async () => {
        expect(await app.app.get(HookAddressesService).hold(hash)).toMatchObject({ workflowId: id });
        handedOver = transfer(member, other);
        expect(await eventually(somebodyWaits, Boolean)).toBe(true);
        return app.app.get(RunsService).start(SYSTEM_ACTOR, id, {}, { kind: 'webhook' });
      }),
    );
    await handedOver;
    expect(run.ownerId).toBe(member.user.id);
    expect((await call(hookToken)).status).toBe(404);
  });

  it('a retry and a hand-over: the run stays with its owner', async () => {
    const [member, admin] = (await people('member', 'admin')) as [Somebody, Somebody];
    let isFixed = false;
    probe.behave('retried', () => {
      if (!isFixed) throw new Error('broken');
    });
    const id = await started(member, await workflowOf(member, [step('retried')]));
    await world.reached(id);
    isFixed = true;
    await Promise.all([world.as('owner').post(`/workflow-runs/${id}/retry`), transfer(member, admin)]);
    expect((await world.reached(id)).status).toBe('succeeded');
    expect(probe.callsOf('retried').map(({ actorId }) => actorId)).toEqual([member.user.id, member.user.id]);
  });
});

/** Whether a statement of this database waits for a lock. */
async function somebodyWaits(): Promise<boolean> {
  const { adminUrl } = await testDatabase();
  return withClient(adminUrl, async (admin) => {
    const { rowCount } = await admin.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return Boolean(rowCount);
  });
}

describe('Somebody whose role is raised', () => {
  it('lends no new rights to those who decided what their workflows do', async () => {
    const [owner, victim] = await people('member', 'admin');
    const workflow = await workflowOf(owner!, [step('own')], { trigger: 'webhook' });
    const untouched = await workflowOf(owner!, [step('own')]);
    const manager = world.as('manager');
    expect(
      (
        await manager.patch(`/workflows/${workflow.id}`, {
          nodes: [trigger(), delay, puppet],
          edges: edges('start -> wait', 'wait -> puppet'),
        })
      ).status,
    ).toBe(200);
    expect((await manager.post(`/workflows/${workflow.id}/activate`)).status).toBe(200);
    const { hookToken } = (await manager.post(`/workflows/${workflow.id}/hook-token`)).body as { hookToken: string };
    const body = { operation: 'offboard_user', input: { userId: victim!.user.id, successorId: owner!.user.id } };
    const delivered = await world.tenants.nobody().post(`/hooks/${hookToken}`, body);
    const { runId } = delivered.body as { runId: string };
    await world.reached(runId, 'waiting');

    expect((await world.as('owner').patch(`/users/${owner!.user.id}`, { role: 'admin' })).status).toBe(200);
    expect(problemOf(await world.tenants.nobody().post(`/hooks/${hookToken}`, body)).status).toBe(404);
    const fromUserId = await world.tenants.idOf('manager');
    expect(await seen(workflow.id)).toMatchObject({ status: 'paused', pendingHandover: { fromUserId } });
    expect((await seen(untouched.id)).pendingHandover).toBeNull();
    expect(problemOf(await manager.post(`/workflows/${workflow.id}/activate`)).status).toBe(403);
    await world.makeDue(runId);
    expect(stepOf(await world.reached(runId), 'puppet').error).toMatchObject({ code: 'auth.forbidden' });
  });
});
