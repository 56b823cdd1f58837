import { randomUUID } from 'node:crypto';
import { EventTrigger } from '../../../src/modules/workflow-runs/events/event-trigger.js';
import { ScheduleTask } from '../../../src/modules/workflow-runs/schedules/schedule.task.js';
import { MetricsRegistry } from '../../../src/common/observability/metrics-registry.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { queuedFor } from '../../support/queued-tasks.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, edges, log, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';

const BUDGET = 100;
const WAIT = [trigger(), action('wait', 'delay', { ms: 3_600_000 })];
const TO_WAIT = edges('start -> wait');

interface Made {
  id: string;
  hookToken: string | null;
}

/** Makes an active workflow in that tenant. */
async function activeIn(world: WorkflowWorld, tenant: TestTenant, body: object): Promise<Made> {
  const owner = world.as('owner', tenant);
  const made = (await owner.post('/workflows', { name: uniqueName(), ...body })).body as Made;
  expect((await owner.post(`/workflows/${made.id}/activate`)).status).toBe(200);
  return made;
}

const newName = (): string => `custom.storm_${randomUUID().replaceAll('-', '')}`;
const onEvent = (name: string): object => ({ trigger: 'event', triggerConfig: { name } });
const emitting = (name: string, times = 1): object => ({
  nodes: [
    trigger(),
    ...Array.from({ length: times }, (_, n) => action(`emit${n}`, 'event.emit', { name, payload: {} })),
  ],
  edges: edges(...Array.from({ length: times }, (_, n) => `start -> emit${n}`)),
});

function refusalsIn(app: TestApp, world: WorkflowWorld, tenant: TestTenant): Promise<{ details: unknown }[]> {
  return world.tenants.make.inTenant(tenant, () =>
    app.app.get(PrismaService).auditEntry.findMany({
      where: { action: 'workflow_run.refused' },
      select: { outcome: true, targetId: true, details: true },
    }),
  );
}

function eventRunsOf(
  app: TestApp,
  world: WorkflowWorld,
  tenant: TestTenant,
): Promise<{ rootEventId: string | null }[]> {
  return world.tenants.make.inTenant(tenant, () =>
    app.app
      .get(PrismaService)
      .workflowRun.findMany({ where: { trigger: 'event' }, select: { rootEventId: true, workflowId: true } }),
  );
}

describe('Events that start workflows which emit events', () => {
  let api: TestApp;
  let other: TestApp;
  let world: WorkflowWorld;
  beforeAll(async () => {
    [api, other] = [await createTestApp({ APP_ROLE: 'all' }), await createTestApp({ APP_ROLE: 'all' })];
    world = await WorkflowWorld.create(api);
  });
  afterAll(async () => {
    await api.close();
    await other.close();
  });

  it('start a hundred runs and no more, whichever processes count, and what is beyond can be seen', async () => {
    const tenant = await world.tenants.make.createTenant();
    const name = newName();
    for (let n = 0; n < 4; n += 1) await activeIn(world, tenant, { ...onEvent(name), ...emitting(name) });
    const { id } = await activeIn(world, tenant, emitting(name));
    const { body } = await world.as('owner', tenant).post(`/workflows/${id}/runs`);
    await eventually(
      () => queuedFor(tenant, 'event.deliver', 'workflow.run'),
      (jobs) => jobs.length === 0,
      110_000,
    );
    const runs = await eventRunsOf(api, world, tenant);
    expect(runs).toHaveLength(BUDGET);
    expect(new Set(runs.map(({ rootEventId }) => rootEventId))).toEqual(new Set([(body as { id: string }).id]));
    expect(await refusalsIn(api, world, tenant)).toContainEqual({
      outcome: 'denied',
      targetId: expect.any(String),
      details: expect.objectContaining({ code: 'workflow_run.tree_used_up', trigger: 'event', event: name }),
    });
    expect(await metricsOf(api, other)).toMatch(
      /workflow_starts_refused_total\{trigger="event",reason="tree_used_up"\} \d/,
    );
  }, 120_000);

  it('are counted exactly when one event is told by two processes at once, again and again', async () => {
    const tenant = await world.tenants.make.createTenant();
    const name = 'user.updated';
    const quiet = { ...onEvent(name), nodes: [trigger(), log('say')], edges: edges('start -> say') };
    for (let n = 0; n < 3; n += 1) await activeIn(world, tenant, quiet);
    const rootId = randomUUID();
    const tell = (app: TestApp, id: string): Promise<void> =>
      world.tenants.make.inTenant(tenant, () =>
        app.app
          .get(EventTrigger)
          .handle({ id, name, payload: {}, occurredAt: new Date().toISOString(), depth: 1, rootId } as never),
      );
    // Ninety-nine, each told twice; then many at once want the last place.
    for (let n = 0; n < 33; n += 1) {
      const id = randomUUID();
      await Promise.all([tell(api, id), tell(other, id)]);
    }
    expect(await eventRunsOf(api, world, tenant)).toHaveLength(BUDGET - 1);
    await Promise.all(Array.from({ length: 16 }, (_, n) => tell(n % 2 === 0 ? api : other, randomUUID())));
    expect(await eventRunsOf(api, world, tenant)).toHaveLength(BUDGET);
  }, 120_000);

  it('of two beginnings have two budgets', async () => {
    const tenant = await world.tenants.make.createTenant();
    const name = newName();
    const { id } = await activeIn(world, tenant, { ...onEvent(name), ...emitting(name) });
    const begin = await activeIn(world, tenant, emitting(name));
    for (let n = 0; n < 2; n += 1) await world.as('owner', tenant).post(`/workflows/${begin.id}/runs`);
    const runs = await eventually(
      () => eventRunsOf(api, world, tenant),
      (found) => found.length === 10,
    );
    expect(new Set(runs.map(({ rootEventId }) => rootEventId)).size).toBe(2);
    // Each stops at the depth that circles have, which is told, too.
    const refusals = await eventually(
      () => refusalsIn(api, world, tenant),
      (found) => found.length > 0,
    );
    expect(refusals[0]).toMatchObject({ targetId: id, details: { code: 'workflow_run.too_deep' } });
  });
});

async function metricsOf(...apps: TestApp[]): Promise<string> {
  const texts = await Promise.all(apps.map(({ app }) => app.get(MetricsRegistry).metrics()));
  return texts.join('\n');
}

describe('A tenant with as many open runs as its plan allows', () => {
  let app: TestApp;
  let world: WorkflowWorld;
  beforeAll(async () => {
    app = await createTestApp({ APP_ROLE: 'api' });
    world = await WorkflowWorld.create(app);
  });
  afterAll(() => app.close());

  const full = async (): Promise<{ tenant: TestTenant; id: string }> => {
    const tenant = await world.tenants.make.createTenant({ quota: { openRuns: 2 } });
    const { id } = await activeIn(world, tenant, { nodes: WAIT, edges: TO_WAIT });
    for (let n = 0; n < 2; n += 1) {
      expect((await world.as('owner', tenant).post(`/workflows/${id}/runs`)).status).toBe(202);
    }
    return { tenant, id };
  };

  it('is told to come back when it starts one by hand or by a hook, until one has ended', async () => {
    const { tenant, id } = await full();
    const hook = await activeIn(world, tenant, { trigger: 'webhook', nodes: WAIT, edges: TO_WAIT });
    const owner = world.as('owner', tenant);
    for (const answer of [
      await owner.post(`/workflows/${id}/runs`),
      await world.tenants.nobody().post(`/hooks/${hook.hookToken}`, {}),
    ]) {
      expect(problemOf(answer)).toEqual({ status: 429, code: 'workflow_run.too_many_open' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    const { body } = await owner.get(`/workflows/${id}/runs`);
    const [run] = (body as { data: { id: string }[] }).data;
    expect((await owner.post(`/workflow-runs/${run!.id}/cancel`)).status).toBe(200);
    expect((await world.tenants.nobody().post(`/hooks/${hook.hookToken}`, {})).status).toBe(202);
    expect(problemOf(await owner.post(`/workflow-runs/${run!.id}/retry`))).toEqual({
      status: 429,
      code: 'workflow_run.too_many_open',
    });
  });

  it('goes on with its schedules, and finds in the audit log what did not start', async () => {
    const { tenant } = await full();
    const body = { trigger: 'schedule', triggerConfig: { cron: '30 4 * * *' }, nodes: WAIT, edges: TO_WAIT };
    const { id } = await activeIn(world, tenant, body);
    const owner = world.as('owner', tenant);
    const nextRunOf = async (): Promise<string> =>
      ((await owner.get(`/workflows/${id}`)).body as { nextRunAt: string }).nextRunAt;
    const occurrence = await nextRunOf();
    await world.tenants.make.inTenant(tenant, () => app.app.get(ScheduleTask).handle({ workflowId: id, occurrence }));
    expect((await owner.get(`/workflows/${id}/runs`)).body).toMatchObject({ data: [] });
    expect(await refusalsIn(app, world, tenant)).toEqual([
      {
        outcome: 'denied',
        targetId: id,
        details: { code: 'workflow_run.too_many_open', trigger: 'schedule', occurrence },
      },
    ]);
    expect(await queuedFor(tenant, 'workflow.schedule')).toHaveLength(1);
  });

  it('has more room as soon as its quota is raised', async () => {
    const { tenant, id } = await full();
    const platform = world.tenants.bearer(await world.tenants.make.platformToken());
    expect((await platform.patch(`/platform/tenants/${tenant.id}`, { quota: { openRuns: 3 } })).status).toBe(200);
    await eventually(
      async () => (await world.as('owner', tenant).post(`/workflows/${id}/runs`)).status,
      (status) => status === 202,
    );
    expect((await world.as('owner', tenant).post(`/workflows/${id}/runs`)).status).toBe(429);
  });
});
