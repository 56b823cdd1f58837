import { randomUUID } from 'node:crypto';
import { withClient } from '../../../scripts/db/connect.ts';
import { ScheduleTask } from '../../../src/modules/workflow-runs/schedules/schedule.task.js';
import { problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import { type QueuedTask, queuedFor } from '../../support/queued-tasks.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';
import { action, edges, log, type RunBody, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

const NODES = [trigger(), log('say')];
const LINKS = edges('start -> say');

async function activate(id: string): Promise<void> {
  expect((await world.as('owner').post(`/workflows/${id}/activate`)).status).toBe(200);
}

async function runsOf(workflowId: string): Promise<(RunBody & { trigger: string; input: unknown })[]> {
  const { body } = await world.as('owner').get(`/workflows/${workflowId}/runs`);
  const runs = (body as { data: { id: string }[] }).data.map(({ id }) => world.get(id));
  return (await Promise.all(runs)) as (RunBody & { trigger: string; input: unknown })[];
}

describe('A schedule of a workflow', () => {
  const schedule = (cron = '30 4 * * *'): Promise<string> =>
    world.workflow(NODES, LINKS, { trigger: 'schedule', triggerConfig: { cron, timeZone: 'Europe/Paris' } });

  async function jobsOf(id: string): Promise<(QueuedTask & { occurrence: string })[]> {
    const jobs = await queuedFor(world.tenants.tenant, 'workflow.schedule');
    return jobs
      .map((job) => ({ job, data: (job.payload as { data: { workflowId: string; occurrence: string } }).data }))
      .filter(({ data }) => data.workflowId === id)
      .map(({ job, data }) => ({ ...job, occurrence: data.occurrence }));
  }

  const nextRunOf = async (id: string): Promise<string | null> =>
    ((await world.as('owner').get(`/workflows/${id}`)).body as { nextRunAt: string | null }).nextRunAt;

  it('is a job from its activation on, and none when it is paused', async () => {
    const id = await schedule();
    expect(await jobsOf(id)).toEqual([]);
    await activate(id);
    const [job] = await jobsOf(id);
    expect(job).toMatchObject({ inFuture: true, occurrence: await nextRunOf(id) });
    const inParis = new Date(job!.occurrence).toLocaleTimeString('en-GB', { timeZone: 'Europe/Paris' });
    expect(inParis).toBe('04:30:00');
    await world.as('owner').post(`/workflows/${id}/pause`);
    expect(await jobsOf(id)).toEqual([]);
    expect(await nextRunOf(id)).toBeNull();
  });

  it('is no job any more when its workflow is started by something else, or deleted', async () => {
    const [changed, deleted] = [await schedule(), await schedule()];
    await activate(changed);
    await activate(deleted);
    expect([(await jobsOf(changed)).length, (await jobsOf(deleted)).length]).toEqual([1, 1]);
    const manual = { trigger: 'manual', triggerConfig: {} };
    expect((await world.as('owner').patch(`/workflows/${changed}`, manual)).status).toBe(200);
    expect((await world.as('owner').delete(`/workflows/${deleted}`)).status).toBe(204);
    expect([await jobsOf(changed), await nextRunOf(changed), await jobsOf(deleted)]).toEqual([[], null, []]);
  });

  it('is another job when its time changes while it is active', async () => {
    const id = await schedule();
    await activate(id);
    const triggerConfig = { cron: '45 5 * * *', timeZone: 'UTC' };
    expect((await world.as('owner').patch(`/workflows/${id}`, { triggerConfig })).status).toBe(200);
    const [job, ...others] = await jobsOf(id);
    expect([job!.occurrence.slice(11, 16), await nextRunOf(id), others]).toEqual(['05:45', job!.occurrence, []]);
  });

  it('starts a run when it is due, and plans the next', async () => {
    const id = await schedule();
    await activate(id);
    const [first] = await jobsOf(id);
    await first!.makeDue();
    const [run] = await eventually(
      () => runsOf(id),
      (runs) => runs[0]?.status === 'succeeded',
    );
    expect(run).toMatchObject({ status: 'succeeded', trigger: 'schedule', input: { occurrence: first!.occurrence } });
    const after = await jobsOf(id);
    expect(after).toHaveLength(1);
    expect(after[0]!.inFuture).toBe(true);
    expect(await nextRunOf(id)).toBe(after[0]!.occurrence);
    expect(await world.tenants.auditOf((run as unknown as { id: string }).id)).toEqual([
      {
        action: 'workflow_run.started',
        actorKind: 'system',
        actorId: null,
        details: { workflowId: id, trigger: 'schedule' },
      },
    ]);
  });

  it('starts one run for an occurrence, however often its job comes', async () => {
    const id = await schedule();
    await activate(id);
    const { occurrence } = (await jobsOf(id))[0]!;
    const handle = (): Promise<void> =>
      world.tenants.make.inTenant(world.tenants.tenant, () =>
        app.app.get(ScheduleTask).handle({ workflowId: id, occurrence }),
      );
    await Promise.all([handle(), handle()]);
    await handle();
    expect(await runsOf(id)).toHaveLength(1);
    expect(await jobsOf(id)).toHaveLength(1);
  });

  it('makes up for what was missed with one run', async () => {
    const id = await schedule('* * * * *');
    await activate(id);
    const { adminUrl } = await testDatabase();
    const longAgo = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 86_400_000);
    await withClient(adminUrl, (admin) =>
      admin.query(`UPDATE workflows SET next_run_at = $2 WHERE id = $1`, [id, longAgo]),
    );
    await world.tenants.make.inTenant(world.tenants.tenant, () =>
      app.app.get(ScheduleTask).handle({ workflowId: id, occurrence: longAgo.toISOString() }),
    );
    expect(await runsOf(id)).toHaveLength(1);
    const jobs = await jobsOf(id);
    expect(jobs).toHaveLength(1);
    expect(Date.parse(jobs[0]!.occurrence)).toBeGreaterThan(Date.now());
    await world.as('owner').post(`/workflows/${id}/pause`);
  });
});

describe('An event', () => {
  const onEvent = async (name: string, filter?: string, nodes = NODES, links = LINKS): Promise<string> => {
    const id = await world.workflow(nodes, links, {
      trigger: 'event',
      triggerConfig: { name, ...(filter && { filter }) },
    });
    await activate(id);
    return id;
  };
  const emitter = (name: string, payload: object): Promise<string> =>
    world.workflow([trigger(), action('emit', 'event.emit', { name, payload })], edges('start -> emit'));

  it('starts the workflows that wait for it, and whose filter it passes', async () => {
    const name = `custom.order_${randomUUID().replaceAll('-', '')}`;
    const [all, large, odd, paused] = [
      await onEvent(name),
      await onEvent(name, 'event.payload.total > 100'),
      await onEvent(name, 'event.payload.missing == 1'),
      await onEvent(name),
    ];
    await world.as('owner').post(`/workflows/${paused}/pause`);
    await world.reached(await world.start(await emitter(name, { total: 50 })));
    await world.reached(await world.start(await emitter(name, { total: 500 })));
    await eventually(
      () => runsOf(large),
      (runs) => runs.length === 1,
    );
    const runs = await eventually(
      () => runsOf(all),
      (found) => found.length === 2,
    );
    expect(runs.map(({ input }) => (input as { payload: { total: number } }).payload.total).sort()).toEqual([50, 500]);
    expect(await runsOf(large)).toMatchObject([{ trigger: 'event', input: { name, payload: { total: 500 } } }]);
    expect(await runsOf(odd)).toEqual([]);
    expect(await runsOf(paused)).toEqual([]);
  });

  it('of the program starts workflows, too', async () => {
    const id = await onEvent('user.created');
    await world.as('owner').post('/users', {
      email: `${randomUUID()}@example.test`,
      username: `u${randomUUID().slice(0, 8)}`,
      role: 'member',
    });
    const [run] = await eventually(
      () => runsOf(id),
      (runs) => runs.length > 0,
    );
    expect(run).toMatchObject({ input: { name: 'user.created' } });
    await world.as('owner').post(`/workflows/${id}/pause`);
  });

  it('that a workflow emits when it comes does not go on for ever', async () => {
    const name = `custom.circle_${randomUUID().replaceAll('-', '')}`;
    const again = [trigger(), action('emit', 'event.emit', { name, payload: {} })];
    const id = await onEvent(name, undefined, again, edges('start -> emit'));
    await world.start(await emitter(name, {}));
    await eventually(
      () => runsOf(id),
      (runs) => runs.length === 5 && runs.every(({ status }) => status === 'succeeded'),
    );
    await eventually(
      () => queuedFor(world.tenants.tenant, 'event.deliver'),
      (jobs) => jobs.length === 0,
    );
    expect(await runsOf(id)).toHaveLength(5);
  });
});

describe('A hook of a workflow', () => {
  async function webhook(): Promise<{ id: string; url: string }> {
    const body = { name: uniqueName(), trigger: 'webhook', nodes: NODES, edges: LINKS };
    const { body: made } = await world.as('owner').post('/workflows', body);
    const { id, hookToken } = made as { id: string; hookToken: string };
    return { id, url: `/hooks/${hookToken}` };
  }

  it('starts its workflow with the body as input, and asks for nothing but its address', async () => {
    const { id, url } = await webhook();
    await activate(id);
    const answer = await world.tenants.nobody().post(url, { order: 7 });
    expect(answer.status).toBe(202);
    const run = await world.reached((answer.body as { runId: string }).runId);
    expect(run).toMatchObject({
      status: 'succeeded',
      trigger: 'webhook',
      input: { order: 7 },
      outputs: { say: { order: 7 } },
    });
    expect((await world.tenants.nobody().post(url)).status).toBe(202);
    expect((await runsOf(id)).length).toBe(2);
  });

  const ODD = '{"then":{},"toJSON":1,"toString":"x","constructor":{"prototype":[]},"hasOwnProperty":null}';

  it.each([
    ['application/json', ODD, JSON.parse(ODD) as object],
    ['text/plain', '[{"id":9007199254740993}]', [{ id: '9007199254740993' }]],
    ['application/x-www-form-urlencoded', 'a=1&a=2&constructor=c', { a: ['1', '2'], constructor: 'c' }],
  ])('takes data with any key and any number, as %s', async (type, text, input) => {
    const { id, url } = await webhook();
    await activate(id);
    const answer = await world.tenants.http.post(`/api/v1${url}`).set('Content-Type', type).send(text);
    expect(answer.status).toBe(202);
    const run = (await world.reached((answer.body as { runId: string }).runId)) as RunBody & { input: unknown };
    expect(JSON.stringify([run.status, run.input, run.outputs])).toBe(
      JSON.stringify(['succeeded', input, { say: input }]),
    );
  });

  it.each([
    ['nothing like one', 'abc'],
    ['one of a tenant that is not there', `hook_${'0'.repeat(32)}_${'A'.repeat(43)}`],
  ])('is not found for %s', async (_, token) => {
    expect(problemOf(await world.tenants.nobody().post(`/hooks/${token}`, {}))).toEqual({
      status: 404,
      code: 'hook.not_found',
    });
  });

  it('is not found when another address of the tenant is tried, or the old one after a new one was made', async () => {
    const { id, url } = await webhook();
    await activate(id);
    const wrong = `${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`;
    expect((await world.tenants.nobody().post(wrong, {})).status).toBe(404);
    const { body } = await world.as('owner').post(`/workflows/${id}/hook-token`);
    expect((await world.tenants.nobody().post(url, {})).status).toBe(404);
    expect((await world.tenants.nobody().post(`/hooks/${(body as { hookToken: string }).hookToken}`, {})).status).toBe(
      202,
    );
  });

  it('ends when its workflow is started by something else, also when that is undone', async () => {
    const { id, url } = await webhook();
    await activate(id);
    for (const trigger of ['manual', 'webhook']) {
      expect((await world.as('owner').patch(`/workflows/${id}`, { trigger })).status).toBe(200);
      expect((await world.tenants.nobody().post(url, {})).status).toBe(404);
    }
  });

  it('starts nothing while its workflow is not active', async () => {
    const { url } = await webhook();
    expect(problemOf(await world.tenants.nobody().post(url, {}))).toEqual({ status: 409, code: 'workflow.not_active' });
  });

  it('may be called so often in a minute', async () => {
    const limited = await createTestApp({ RATE_LIMIT_USER_PER_MINUTE: 2 });
    const { id, url } = await webhook();
    await activate(id);
    const call = async (): Promise<number> => (await limited.http.post(`/api/v1${url}`).send({})).status;
    expect([await call(), await call(), await call()]).toEqual([202, 202, 429]);
    await limited.close();
  });
});
