import type { TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { declaredTasks, tasksOf } from '../../scripts/db/declared-tasks.ts';
import { migrateDatabase } from '../../scripts/db/migrate-database.ts';
import { DbalService } from '../../src/common/dbal/dbal.service.js';
import { TaskRegistry } from '../../src/common/queue/task-registry.js';
import { QueueService } from '../../src/common/queue/queue.service.js';
import { PlatformQueueService } from '../../src/common/queue/platform-queue.service.js';
import { QueueHealth } from '../../src/common/queue/queue-health.js';
import { TenantContext, TenantContextMissingError } from '../../src/common/tenancy/tenant-context.js';
import { QueueHarness } from '../support/queue-harness.js';
import { createTestApp } from '../support/test-app.js';

let queue: QueueHarness;
beforeAll(async () => {
  queue = await QueueHarness.open();
});
afterEach(() => queue.reset());
afterAll(() => queue.close());

describe('Enqueuing', () => {
  let app: TestingModule;
  let jobs: QueueService;
  let tenants: TenantContext;
  beforeEach(async () => {
    app = await queue.start({ APP_ROLE: 'api' });
    jobs = app.get(QueueService);
    tenants = app.get(TenantContext);
  });

  it('shares the fate of the transaction that causes the job', async () => {
    const { id } = await queue.createTenant();
    const dbal = app.get(DbalService);
    const undone = tenants.run({ tenantId: id, source: 'system' }, () =>
      dbal.transaction(async () => {
        await jobs.enqueue('test.echo', { n: 1 });
        throw new Error('undo');
      }),
    );
    await expect(undone).rejects.toThrow('undo');
    expect(await queue.jobsOf({ id })).toEqual([]);

    await tenants.run({ tenantId: id, source: 'system' }, () =>
      dbal.transaction(() => jobs.enqueue('test.echo', { n: 2 })),
    );
    expect(await queue.jobsOf({ id })).toMatchObject([
      { task: 'test.echo', payload: { tenantId: id, data: { n: 2 } } },
    ]);
  });

  it('is done for the tenant of the context, whatever the payload says', async () => {
    const [own, other] = [await queue.createTenant(), await queue.createTenant()];
    await tenants.run({ tenantId: own.id, source: 'system' }, () =>
      jobs.enqueue('test.echo', { tenantId: other.id, data: { tenantId: other.id } }),
    );
    expect(await queue.jobsOf(other)).toEqual([]);
    expect(await queue.jobsOf(own)).toHaveLength(1);
  });

  it('is refused without a tenant', async () => {
    await expect(jobs.enqueue('test.echo', {})).rejects.toThrow(TenantContextMissingError);
  });

  it('replaces a pending job of the same key, in the same tenant only', async () => {
    const [a, b] = [await queue.createTenant(), await queue.createTenant()];
    for (const [tenant, n] of [
      [a, 1],
      [a, 2],
      [b, 3],
    ] as const) {
      await tenants.run({ tenantId: tenant.id, source: 'system' }, () =>
        jobs.enqueue('test.echo', { n }, { jobKey: 'same', runAt: new Date(Date.now() + 60_000) }),
      );
    }
    expect(await queue.jobsOf(a)).toMatchObject([{ payload: { data: { n: 2 } }, in_future: true }]);
    expect(await queue.jobsOf(b)).toMatchObject([{ payload: { data: { n: 3 } } }]);
  });

  it('is refused for tasks that are on no list of the caller', async () => {
    const { id } = await queue.createTenant();
    const asTenant = (task: string): Promise<void> =>
      tenants.run({ tenantId: id, source: 'system' }, () => jobs.enqueue(task, {}));
    await expect(asTenant('test.platform')).rejects.toThrow('not a task of tenants');
    await expect(asTenant('tenant.delete')).rejects.toThrow('not a task of tenants');
    await expect(asTenant('nonsense')).rejects.toThrow('not a task of tenants');
    await expect(app.get(PlatformQueueService).enqueue('test.echo', {})).rejects.toThrow('not a task of the platform');
  });

  it('refuses a payload that is too large', async () => {
    const { id } = await queue.createTenant();
    const large = tenants.run({ tenantId: id, source: 'system' }, () =>
      jobs.enqueue('test.echo', { text: 'x'.repeat(300_000) }),
    );
    await expect(large).rejects.toThrow('256 KiB');
  });

  it('says whether tasks can be enqueued', async () => {
    expect(await app.get(QueueHealth).check()).toEqual({ ok: true, detail: 'tasks can be enqueued' });
    await queue.admin.query('REVOKE USAGE ON SCHEMA jobs FROM tenantry_app');
    try {
      expect(await app.get(QueueHealth).check()).toMatchObject({ ok: false });
    } finally {
      await queue.admin.query('GRANT USAGE ON SCHEMA jobs TO tenantry_app');
    }
  });
});

describe('The queue, as SQL of the application sees it', () => {
  const FORGED = `'mail.send', '{"tenantId": "00000000-0000-7000-8000-000000000001"}'::json`;

  it.each([
    ['reads jobs', 'SELECT * FROM jobs._private_jobs'],
    ['reads jobs through the view', 'SELECT * FROM jobs.jobs'],
    ['writes a job', `INSERT INTO jobs._private_jobs (task_id) VALUES (1)`],
    ['changes a job', `UPDATE jobs._private_jobs SET payload = '{}'`],
    ['adds a job past our function', `SELECT jobs.add_job(${FORGED})`],
    ['names the envelope itself', `SELECT jobs.enqueue_as('', '{}'::jsonb, ${FORGED}, NULL, NULL, NULL, NULL, NULL)`],
    ['removes a job', `SELECT jobs.remove_job('t:x')`],
    ['frees jobs of workers', `SELECT jobs.force_unlock_workers('{a}')`],
    ['postpones a job', `SELECT jobs.postpone(1, 'x', 1, 1)`],
    ['extends the list of tasks', `INSERT INTO jobs.tenant_tasks VALUES ('tenant.delete')`],
    ['reads the figures of all tenants', 'SELECT * FROM jobs.figures()'],
    ['enqueues for the platform', `SELECT jobs.enqueue_platform('tenant.delete', '{}')`],
    ['enqueues for no tenant', `SELECT jobs.enqueue('mail.send', '{}')`],
  ])('never %s', async (_, sql) => {
    const app = new pg.Client({ connectionString: queue.database.appUrl });
    await app.connect();
    try {
      await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await app.end();
    }
  });

  it('has no function that everybody may execute', async () => {
    const { rows } = await queue.admin.query(
      `SELECT p.oid::regprocedure::text AS name FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        WHERE p.pronamespace = 'jobs'::regnamespace AND a.grantee = 0`,
    );
    expect(rows).toEqual([]);
  });
});

describe('The lists of tasks', () => {
  const listed = async (list: 'tenant_tasks' | 'platform_tasks'): Promise<string[]> => {
    const { rows } = await queue.admin.query<{ name: string }>(`SELECT name FROM jobs.${list}`);
    return rows.map(({ name }) => name).filter((name) => !name.startsWith('test.'));
  };

  it('name what the manifests declare, and nothing else', async () => {
    const { tenant, platform } = await declaredTasks();
    expect((await listed('tenant_tasks')).sort()).toEqual(tenant.sort());
    expect((await listed('platform_tasks')).sort()).toEqual(platform.sort());
  });

  it('name what the program handles, and nothing else', async () => {
    const test = await createTestApp();
    try {
      const handled = [...test.app.get(TaskRegistry).all().keys()];
      const declared = [...(await listed('tenant_tasks')), ...(await listed('platform_tasks'))];
      expect(handled.sort()).toEqual(declared.sort());
    } finally {
      await test.close();
    }
  });

  it('get back a name that is gone when migrations are applied, and lose none that an older process may use', async () => {
    await queue.admin.query(`DELETE FROM jobs.tenant_tasks WHERE name = 'mail.send'`);
    await queue.admin.query(`INSERT INTO jobs.tenant_tasks VALUES ('test.older')`);
    await migrateDatabase(queue.database);
    const { rows } = await queue.admin.query(
      `SELECT name FROM jobs.tenant_tasks WHERE name IN ('mail.send', 'test.older') ORDER BY name`,
    );
    expect(rows).toEqual([{ name: 'mail.send' }, { name: 'test.older' }]);
  });

  it('take a name from one manifest only', () => {
    const one = { file: 'one.manifest.ts', manifest: { tasks: { 'label.sort': 'tenant' } } } as const;
    const other = { file: 'other.manifest.ts', manifest: { tasks: { 'label.sort': 'platform' } } } as const;
    expect(tasksOf([one])).toEqual({ tenant: ['label.sort'], platform: [] });
    expect(() => tasksOf([one, other])).toThrow(
      'The task label.sort is declared twice: in one.manifest.ts and other.manifest.ts.',
    );
  });
});
