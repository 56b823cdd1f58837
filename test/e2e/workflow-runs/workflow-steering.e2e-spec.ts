import { withClient } from '../../../scripts/db/connect.ts';
import { DbalService } from '../../../src/common/dbal/dbal.service.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { RunAdmissionService } from '../../../src/modules/workflow-runs/admission/run-admission.service.js';
import { RunsRepository } from '../../../src/modules/workflow-runs/runs.repository.js';
import { eventually } from '../../support/eventually.js';
import { problemOf } from '../../support/contract.js';
import { forever, gate, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';
import { action, edges, fates, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
let probe: StepProbe;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' }, [StepProbeModule]);
  world = await WorkflowWorld.create(app);
  probe = app.app.get(StepProbe);
});
afterAll(() => app.close());

const step = (key: string, rest: Record<string, unknown> = {}): object => action(key, 'test.probe', { key }, rest);
const retry = { maxAttempts: 3, delayMs: 0, backoffMultiplier: 2, jitterMs: 0 };

const makeDue = (runId: string): Promise<void> => world.makeDue(runId);

describe('A step of a run', () => {
  it('is tried again as its policy says, with the same idempotency key', async () => {
    probe.behave('flaky', ({ attempt }) => {
      if (attempt < 3) throw new Error('not yet');
      return 'at last';
    });
    const run = await world.run([trigger(), step('flaky', { retry })], edges('start -> flaky'));
    expect(run).toMatchObject({ status: 'succeeded', outputs: { flaky: 'at last' } });
    expect(stepOf(run, 'flaky')).toMatchObject({ attempts: 3, error: null });
    expect(probe.callsOf('flaky').map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      Array(3).fill(`${run.id}:flaky`),
    );
  });

  it('fails when its tries are used up, without telling what the program alone may know', async () => {
    probe.behave('hopeless', () => {
      throw new Error('secret of the program');
    });
    const run = await world.run([trigger(), step('hopeless', { retry })], edges('start -> hopeless'));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'step.internal', nodeId: 'hopeless' } });
    expect(stepOf(run, 'hopeless').attempts).toBe(3);
    expect(JSON.stringify(run)).not.toContain('secret');
  });

  it('waits for its next try in the queue, holding nothing', async () => {
    probe.behave('slow', ({ attempt }) => {
      if (attempt === 1) throw new Error('not yet');
      return 'ok';
    });
    const slow = step('slow', { retry: { ...retry, delayMs: 3_600_000 } });
    const id = await world.start(await world.workflow([trigger(), slow], edges('start -> slow')));
    const waiting = await world.reached(id, 'waiting');
    expect(stepOf(waiting, 'slow')).toMatchObject({ status: 'pending', attempts: 1, error: { code: 'step.internal' } });
    const inMs = Date.parse(stepOf(waiting, 'slow').wakeAt!) - Date.now();
    expect(inMs).toBeGreaterThan(3_500_000);
    expect(inMs).toBeLessThan(3_700_000);
    await makeDue(id);
    expect(await world.reached(id)).toMatchObject({ status: 'succeeded', outputs: { slow: 'ok' } });
  });

  it('is told to stop when its time is over', async () => {
    probe.behave('endless', forever);
    const run = await world.run([trigger(), step('endless', { timeoutMs: 100 })], edges('start -> endless'));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'step.timeout' } });
    expect(probe.callsOf('endless')[0]?.signal.aborted).toBe(true);
  });

  it('cannot give what the database cannot keep', async () => {
    probe.behave('odd', () => ({ text: 'a\0b\uD800', big: 10n, nothing: undefined }));
    probe.behave('huge', () => 'x'.repeat(1_100_000));
    const odd = await world.run([trigger(), step('odd')], edges('start -> odd'));
    expect(odd.outputs).toEqual({ odd: { text: 'a\uFFFDb\uFFFD', big: 10 } });
    const huge = await world.run([trigger(), step('huge')], edges('start -> huge'));
    expect(huge).toMatchObject({ status: 'failed', error: { code: 'step.output' } });
  });

  it('acts as the owner of the workflow, whoever starts it', async () => {
    const workflowId = await world.workflow([trigger(), step('who')], edges('start -> who'));
    const started = await world.as('manager').post(`/workflows/${workflowId}/runs`, {});
    await world.reached((started.body as { id: string }).id);
    expect(probe.callsOf('who')[0]?.actorId).toBe(await world.tenants.idOf('owner'));
  });

  it('runs side by side with those of other branches', async () => {
    const both = [gate(), gate()] as const;
    probe.behave('left', async () => {
      both[0].open();
      await both[1].opened;
    });
    probe.behave('right', async () => {
      both[1].open();
      await both[0].opened;
    });
    const run = await world.run([trigger(), step('left'), step('right')], edges('start -> left', 'start -> right'));
    expect(run.status).toBe('succeeded');
  });
});

describe('A run', () => {
  it('ends when its time is over, waiting included', async () => {
    const id = await world.start(
      await world.workflow([trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges('start -> wait'), {
        settings: { timeoutMs: 1000 },
      }),
    );
    expect(await world.reached(id)).toMatchObject({ status: 'failed', error: { code: 'run.timeout' } });
  });

  it('goes on after a delay', async () => {
    const nodes = [trigger(), action('wait', 'delay', { ms: 3_600_000 }), step('after')];
    const id = await world.start(await world.workflow(nodes, edges('start -> wait', 'wait -> after')), { n: 1 });
    expect(fates(await world.reached(id, 'waiting'))).toEqual({ start: 'succeeded', wait: 'waiting' });
    await makeDue(id);
    expect(await world.reached(id)).toMatchObject({ status: 'succeeded', outputs: { after: { n: 1 } } });
  });

  it('is cancelled in the middle of a step, which is told to stop', async () => {
    probe.behave('busy', forever);
    const nodes = [trigger(), step('busy'), action('wait', 'delay', { ms: 3_600_000 }), step('never')];
    const id = await world.start(await world.workflow(nodes, edges('start -> busy', 'start -> wait', 'busy -> never')));
    const call = await probe.begun('busy');
    const answer = await world.as('owner').post(`/workflow-runs/${id}/cancel`);
    expect(answer.status).toBe(200);
    const run = await world.reached(id);
    expect(run.status).toBe('cancelled');
    expect(fates(run)).toEqual({ start: 'succeeded', busy: 'cancelled', wait: 'cancelled' });
    expect(call.signal.aborted).toBe(true);
    expect(problemOf(await world.as('owner').post(`/workflow-runs/${id}/cancel`))).toEqual({
      status: 409,
      code: 'workflow_run.has_ended',
    });
  });

  it('is cancelled at once while it waits', async () => {
    const id = await world.start(
      await world.workflow([trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges('start -> wait')),
    );
    await world.reached(id, 'waiting');
    const answer = await world.as('owner').post(`/workflow-runs/${id}/cancel`);
    expect(answer.body).toMatchObject({ status: 'cancelled' });
    expect(fates(await world.get(id))).toEqual({ start: 'succeeded', wait: 'cancelled' });
  });

  it('is retried from the step that failed, and what succeeded is not done again', async () => {
    let isFixed = false;
    probe.behave('fixable', () => {
      if (!isFixed) throw new Error('broken');
    });
    const nodes = [trigger(), step('first'), step('fixable'), step('last')];
    const id = await world.start(
      await world.workflow(nodes, edges('start -> first', 'first -> fixable', 'fixable -> last')),
    );
    expect(await world.reached(id)).toMatchObject({ status: 'failed', attempt: 1 });
    isFixed = true;
    expect((await world.as('owner').post(`/workflow-runs/${id}/retry`)).status).toBe(202);
    const run = await world.reached(id);
    expect(run).toMatchObject({ status: 'succeeded', attempt: 2, error: null });
    expect(['first', 'fixable', 'last'].map((key) => probe.callsOf(key).length)).toEqual([1, 2, 1]);
    expect(problemOf(await world.as('owner').post(`/workflow-runs/${id}/retry`))).toEqual({
      status: 409,
      code: 'workflow_run.not_failed',
    });
  });

  it('is retried by those who may run the workflow now, and goes on for the owner it had', async () => {
    const before = await world.tenants.newPerson({ role: 'member' });
    const now = await world.tenants.newPerson({ role: 'member' });
    const body = {
      name: `W ${before.user.id}`,
      nodes: [trigger(), step('handed_over')],
      edges: edges('start -> handed_over'),
    };
    probe.behave('handed_over', () => {
      throw new Error('broken');
    });
    const workflowId = ((await before.post('/workflows', body)).body as { id: string }).id;
    const id = ((await before.post(`/workflows/${workflowId}/runs`, {})).body as { id: string }).id;
    await world.reached(id);
    const input = { from: before.user.id, to: now.user.id };
    expect((await world.as('owner').post('/dbal/operations/transfer_workflow', { input })).status).toBe(200);
    probe.behave('handed_over', () => undefined);
    expect(problemOf(await before.post(`/workflow-runs/${id}/retry`))).toEqual({
      status: 403,
      code: 'workflow.not_yours',
    });
    expect((await now.post(`/workflow-runs/${id}/retry`)).status).toBe(202);
    expect((await world.reached(id)).status).toBe('succeeded');
    expect(probe.callsOf('handed_over').map(({ actorId }) => actorId)).toEqual([before.user.id, before.user.id]);
  });

  it('goes on for the successor of an owner who leaves while it waits', async () => {
    const leaver = await world.tenants.newPerson({ role: 'member' });
    const successor = await world.tenants.newPerson({ role: 'member' });
    const nodes = [trigger(), action('ask', 'approval', {}), step('inherited')];
    const body = { name: `W ${leaver.user.id}`, nodes, edges: edges('start -> ask', 'ask -> inherited') };
    const workflowId = ((await leaver.post('/workflows', body)).body as { id: string }).id;
    const id = ((await leaver.post(`/workflows/${workflowId}/runs`, {})).body as { id: string }).id;
    await world.reached(id, 'waiting');
    const input = { userId: leaver.user.id, successorId: successor.user.id };
    expect((await world.as('owner').post('/dbal/operations/offboard_user', { input })).status).toBe(200);
    expect((await successor.post(`/workflow-runs/${id}/steps/ask/approve`, {})).status).toBe(200);
    expect((await world.reached(id)).status).toBe('succeeded');
    expect(probe.callsOf('inherited').map(({ actorId }) => actorId)).toEqual([successor.user.id]);
  });

  it('is not retried when its workflow is archived', async () => {
    probe.behave('archived', () => {
      throw new Error('broken');
    });
    const workflowId = await world.workflow([trigger(), step('archived')], edges('start -> archived'));
    const id = await world.start(workflowId);
    await world.reached(id);
    expect((await world.as('owner').post(`/workflows/${workflowId}/archive`)).status).toBe(200);
    expect(problemOf(await world.as('owner').post(`/workflow-runs/${id}/retry`))).toEqual({
      status: 409,
      code: 'workflow.archived',
    });
  });

  it('is cancelled without standing in the way of a worker that ends it in that moment', async () => {
    const nodes = [trigger(), action('wait', 'delay', { ms: 3_600_000 })];
    const id = await world.start(await world.workflow(nodes, edges('start -> wait')));
    await world.reached(id, 'waiting');
    const { adminUrl } = await testDatabase();
    const isWaiting = () =>
      withClient(adminUrl, async (admin) => {
        const { rowCount } = await admin.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return Boolean(rowCount);
      });
    let cancelled: Promise<unknown> = Promise.resolve();
    const likeTheWorker = async (): Promise<void> => {
      await app.app.get(RunsRepository).findForUpdate(id);
      cancelled = world.as('owner').post(`/workflow-runs/${id}/cancel`);
      expect(await eventually(isWaiting, Boolean)).toBe(true);
      // Shorter than the database takes to resolve a deadlock.
      await app.app.get(PrismaService).$executeRaw`SET LOCAL lock_timeout = '500ms'`;
      await app.app.get(RunAdmissionService).lock();
    };
    const inTenant = world.tenants.make.inTenant(world.tenants.tenant, () =>
      app.app.get(DbalService).transaction(likeTheWorker, { retries: 0 }),
    );
    await expect(inTenant).resolves.toBeUndefined();
    expect(await cancelled).toMatchObject({ body: { status: 'cancelled' } });
  });

  it('does not start twice for one Idempotency-Key', async () => {
    const workflowId = await world.workflow([trigger(), step('once')], edges('start -> once'));
    const send = () =>
      world.as('owner').post(`/workflows/${workflowId}/runs`, { input: 1 }, { 'Idempotency-Key': workflowId });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([202, 202]);
    expect((second.body as { id: string }).id).toBe((first.body as { id: string }).id);
    await world.reached((first.body as { id: string }).id);
    expect(probe.callsOf('once').map(({ input }) => input)).toEqual([1]);
  });

  it('fails when its owner is not active any more, also when somebody else owns the workflow', async () => {
    const author = await world.tenants.newPerson({ role: 'member' });
    const body = {
      name: `W ${author.user.id}`,
      nodes: [trigger(), action('wait', 'delay', { ms: 3_600_000 }), step('orphan')],
      edges: edges('start -> wait', 'wait -> orphan'),
    };
    const workflowId = ((await author.post('/workflows', body)).body as { id: string }).id;
    const id = ((await author.post(`/workflows/${workflowId}/runs`, {})).body as { id: string }).id;
    await world.reached(id, 'waiting');
    const successorId = await world.tenants.idOf('admin');
    const input = { from: author.user.id, to: successorId };
    expect((await world.as('owner').post('/dbal/operations/transfer_workflow', { input })).status).toBe(200);
    expect((await world.as('owner').post(`/users/${author.user.id}/deactivate`)).status).toBe(200);
    await makeDue(id);
    const failed = await world.reached(id);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'run.owner_inactive' } });
    expect(fates(failed)).toEqual({ start: 'succeeded', wait: 'cancelled' });
    expect((await world.as('owner').post(`/workflow-runs/${id}/retry`)).status).toBe(202);
    expect(await world.reached(id)).toMatchObject({
      status: 'failed',
      attempt: 2,
      error: { code: 'run.owner_inactive' },
    });
    expect(probe.callsOf('orphan')).toEqual([]);
  });
});

describe('An approval', () => {
  const start = async (config: Record<string, unknown> = {}): Promise<string> => {
    const nodes = [trigger(), action('ask', 'approval', config), step('granted'), step('refused')];
    const ask = { ...nodes[1], onError: 'continue' };
    const links = edges('start -> ask', 'ask -> granted', 'ask -error-> refused');
    const id = await world.start(await world.workflow([nodes[0]!, ask, nodes[2]!, nodes[3]!], links));
    await world.reached(id, 'waiting');
    return id;
  };

  it('lets the run go on', async () => {
    const id = await start({ message: 'May I?' });
    const answer = await world.as('owner').post(`/workflow-runs/${id}/steps/ask/approve`, { comment: 'Go' });
    expect(answer.status).toBe(200);
    const run = await world.reached(id);
    expect(fates(run)).toMatchObject({ ask: 'succeeded', granted: 'succeeded', refused: 'skipped' });
    expect(stepOf(run, 'ask')).toMatchObject({
      output: { approved: true, decidedBy: await world.tenants.idOf('owner'), comment: 'Go' },
      approval: { approvers: [], decision: 'approved', comment: 'Go' },
    });
    expect(problemOf(await world.as('owner').post(`/workflow-runs/${id}/steps/ask/reject`, {}))).toEqual({
      status: 409,
      code: 'workflow_run.nothing_to_decide',
    });
  });

  it('is a failure of the step when it is rejected', async () => {
    const id = await start();
    await world.as('owner').post(`/workflow-runs/${id}/steps/ask/reject`, { comment: 'No' });
    const run = await world.reached(id);
    expect(fates(run)).toMatchObject({ ask: 'failed', granted: 'skipped', refused: 'succeeded' });
    expect(stepOf(run, 'ask').error).toMatchObject({ code: 'approval.rejected', message: 'No' });
  });

  it('is only for those whom the step names', async () => {
    const id = await start({ approvers: ['role:admin', `user:${await world.tenants.idOf('viewer')}`] });
    const approve = (role: 'manager' | 'viewer') => world.as(role).post(`/workflow-runs/${id}/steps/ask/approve`, {});
    expect(problemOf(await approve('manager'))).toEqual({ status: 403, code: 'workflow_run.not_an_approver' });
    expect((await approve('viewer')).status).toBe(200);
    await world.reached(id);
  });

  it('is, where nobody is named, for those who may run the workflow', async () => {
    const id = await start();
    const answer = await world.as('member').post(`/workflow-runs/${id}/steps/ask/approve`, {});
    expect(problemOf(answer)).toEqual({ status: 403, code: 'workflow.not_yours' });
    await world.as('manager').post(`/workflow-runs/${id}/steps/ask/approve`, {});
    expect((await world.reached(id)).status).toBe('succeeded');
  });

  it('is refused when its deadline has passed', async () => {
    const id = await start({ deadlineMs: 3_600_000 });
    await makeDue(id);
    const run = await world.reached(id);
    expect(stepOf(run, 'ask').error).toMatchObject({ code: 'approval.expired' });
  });

  it('is heard by a worker that is busy with another branch', async () => {
    const held = gate();
    probe.behave('held', () => held.opened);
    const nodes = [trigger(), action('ask', 'approval'), step('next'), step('held')];
    const id = await world.start(await world.workflow(nodes, edges('start -> ask', 'ask -> next', 'start -> held')));
    await probe.begun('held');
    await eventually(
      () => world.get(id),
      (run) => fates(run)['ask'] === 'waiting',
    );
    await world.as('owner').post(`/workflow-runs/${id}/steps/ask/approve`, {});
    await probe.begun('next');
    held.open();
    expect((await world.reached(id)).status).toBe('succeeded');
  });
});
