import { setTimeout as delay } from 'node:timers/promises';
import { withClient } from '../../../scripts/db/connect.ts';
import { eventually } from '../../support/eventually.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { gate, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../../support/test-database.js';
import type { Person } from '../../support/tenant-world.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';

const STEP_MS = 20;

// A database of its own: what others run would be in the way of counting.
let database: TestDatabase;
let api: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApp(urls(), [StepProbeModule]);
  world = await WorkflowWorld.create(api);
});
afterAll(async () => {
  await api.close();
  await dropTestDatabase(database);
});

function urls(): { DATABASE_URL: string; DATABASE_PLATFORM_URL: string; DATABASE_WORKER_URL: string } {
  const { appUrl, platformUrl, workerUrl } = database;
  return { DATABASE_URL: appUrl, DATABASE_PLATFORM_URL: platformUrl, DATABASE_WORKER_URL: workerUrl };
}

interface Somebody {
  start: (times: number) => Promise<void>;
}

/** A tenant's owner with one workflow of one step. */
async function somebody(tenant: TestTenant, key: string, settings: object = {}): Promise<Somebody> {
  const owner: Person = world.as('owner', tenant);
  const nodes = [trigger(), action('step', 'test.probe', { key })];
  const body = { name: uniqueName(), nodes, edges: edges('start -> step'), settings };
  const { id } = (await owner.post('/workflows', body)).body as { id: string };
  return {
    start: async (times) => {
      for (let n = 0; n < times; n += 1)
        expect((await owner.post(`/workflows/${id}/runs`, { input: n })).status).toBe(202);
    },
  };
}

async function withWorker(work: (probe: StepProbe) => Promise<void>): Promise<void> {
  const worker = await createTestApp({ ...urls(), APP_ROLE: 'all', WORKER_CONCURRENCY: 4 }, [StepProbeModule]);
  try {
    await work(worker.app.get(StepProbe));
  } finally {
    await worker.close();
  }
}

describe('A tenant with many runs', () => {
  it('does not delay the one run of another tenant', async () => {
    const busy = await world.tenants.make.createTenant();
    const modest = await world.tenants.make.createTenant();
    await (await somebody(busy, 'busy')).start(60);
    await (await somebody(modest, 'modest')).start(1);
    await withWorker(async (probe) => {
      probe.behave('busy', () => delay(STEP_MS));
      await probe.begun('modest');
      const before = probe.callsOf('busy').length;
      expect(before).toBeLessThan(20);
      expect(
        await eventually(
          () => probe.callsOf('busy').length,
          (count) => count === 60,
          20_000,
        ),
      ).toBe(60);
    });
  });

  it('has no more of them with workers than its plan allows, and the oldest first', async () => {
    const tenant = await world.tenants.make.createTenant({ quota: { concurrentRuns: 1 } });
    await (await somebody(tenant, 'narrow')).start(6);
    await withWorker(async (probe) => {
      let running = 0;
      let most = 0;
      probe.behave('narrow', async () => {
        most = Math.max(most, ++running);
        await delay(STEP_MS);
        running -= 1;
      });
      await probe.begun('narrow', 6);
      expect(most).toBe(1);
      expect(probe.callsOf('narrow').map(({ input }) => input)).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });

  it('has no more of one workflow with workers than the workflow allows, and others pass it by', async () => {
    const tenant = await world.tenants.make.createTenant();
    const held = gate();
    await (await somebody(tenant, 'single', { maxConcurrentRuns: 1 })).start(3);
    await (await somebody(tenant, 'free')).start(1);
    await withWorker(async (probe) => {
      probe.behave('single', () => held.opened);
      await probe.begun('single');
      await probe.begun('free');
      expect(probe.callsOf('single')).toHaveLength(1);
      held.open();
      await probe.begun('single', 3);
    });
  });

  it('lets runs begin that came while the plan allowed none', async () => {
    const tenant = await world.tenants.make.createTenant({ quota: { concurrentRuns: 0 } });
    await (await somebody(tenant, 'early')).start(1);
    await withClient(database.adminUrl, async (admin) => {
      await admin.query(`UPDATE tenants SET quota = '{"concurrentRuns": 1}' WHERE id = $1`, [tenant.id]);
      // The watch need not be waited for.
      await admin.query('UPDATE jobs._private_jobs SET run_at = now()');
    });
    await withWorker(async (probe) => {
      await probe.begun('early');
    });
  });
});
