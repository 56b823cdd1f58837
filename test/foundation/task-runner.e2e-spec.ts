import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import type pg from 'pg';
import { type HandlesTasks, TaskHandler } from '../../src/common/queue/task-handler.js';
import { TaskRunner } from '../../src/common/queue/task-runner.js';
import { PlatformQueueService } from '../../src/common/queue/platform-queue.service.js';
import { QueueHealth } from '../../src/common/queue/queue-health.js';
import { MetricsRegistry } from '../../src/common/observability/metrics-registry.js';
import { TenantContextMissingError } from '../../src/common/tenancy/tenant-context.js';
import { QueueHarness, QueueTestModule, Recorder } from '../support/queue-harness.js';

@TaskHandler('test.unlisted')
class UnlistedTask implements HandlesTasks {
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

let queue: QueueHarness;
beforeAll(async () => {
  queue = await QueueHarness.open();
});
afterEach(() => queue.reset());
afterAll(() => queue.close());

describe('A worker', () => {
  it('runs a job inside its tenant, which is all that it sees', async () => {
    const app = await queue.start();
    const recorder = app.get(Recorder);
    const [a, b] = [await queue.createTenant(), await queue.createTenant()];
    for (const tenant of [a, b]) await queue.enqueue(app, tenant, 'test.echo', { of: tenant.id });
    await recorder.reach(2);
    const expected = [a, b].map(({ id, slug }) => ({
      tenantId: id,
      payload: { of: id },
      sees: [slug],
      attempt: 1,
    }));
    expect(recorder.calls).toEqual(expect.arrayContaining(expected));
  });

  it('reaches no tenant data in a job of the platform', async () => {
    const app = await queue.start();
    await app.get(PlatformQueueService).enqueue('test.platform', {});
    await app.get(Recorder).reach(1);
    expect(app.get(Recorder).calls[0]?.payload['error']).toBeInstanceOf(TenantContextMissingError);
  });

  it('tries a failed job again later', async () => {
    const app = await queue.start({ APP_ROLE: 'api' });
    const tenant = await queue.createTenant();
    app.get(Recorder).behave = () => Promise.reject(new Error('not today'));
    await queue.enqueue(app, tenant, 'test.echo');
    await app.get(TaskRunner).runDue();
    expect(await queue.jobsOf(tenant)).toMatchObject([{ attempts: 1, in_future: true, last_error: 'not today' }]);
  });

  it.each(['SUSPENDED', 'PROVISIONING'])(
    'postpones jobs of a tenant that is %s, and counts no attempt',
    async (status) => {
      const app = await queue.start({ APP_ROLE: 'api' });
      const tenant = await queue.createTenant(status);
      await queue.enqueue(app, tenant, 'test.echo');
      await app.get(TaskRunner).runDue();
      expect(await queue.jobsOf(tenant)).toMatchObject([{ attempts: 0, in_future: true, last_error: null }]);
      expect(app.get(Recorder).calls).toEqual([]);

      await queue.admin.query(`UPDATE tenants SET status = 'ACTIVE' WHERE id = $1`, [tenant.id]);
      await queue.admin.query(`UPDATE jobs._private_jobs SET run_at = now() WHERE payload ->> 'tenantId' = $1`, [
        tenant.id,
      ]);
      await app.get(TaskRunner).runDue();
      expect(app.get(Recorder).calls).toMatchObject([{ tenantId: tenant.id, attempt: 1 }]);
      expect(await queue.jobsOf(tenant)).toEqual([]);
    },
  );

  it('drops jobs of a tenant that is gone', async () => {
    const app = await queue.start({ APP_ROLE: 'api' });
    const tenant = await queue.createTenant();
    await queue.enqueue(app, tenant, 'test.echo');
    await queue.admin.query('DELETE FROM tenants WHERE id = $1', [tenant.id]);
    await app.get(TaskRunner).runDue();
    expect(await queue.jobsOf(tenant)).toEqual([]);
    expect(app.get(Recorder).calls).toEqual([]);
  });

  it('gives no tenant more than its share of the workers, and the rest to others', async () => {
    const app = await queue.start({ WORKER_CONCURRENCY: '4' });
    const recorder = app.get(Recorder);
    const [greedy, modest] = [await queue.createTenant(), await queue.createTenant()];
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    recorder.behave = async (payload) => {
      if (payload['of'] !== 'greedy') return;
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    };
    for (let n = 0; n < 4; n += 1) await queue.enqueue(app, greedy, 'test.echo', { of: 'greedy' });
    await recorder.reach(2);
    await queue.enqueue(app, modest, 'test.echo', { of: 'modest' });
    await recorder.reach(3);
    expect(recorder.calls.map(({ payload }) => payload['of'])).toEqual(['greedy', 'greedy', 'modest']);
    for (const end of ends.splice(0)) end();
    await recorder.reach(5);
    for (const end of ends.splice(0)) end();
    expect(most).toBe(2);
  }, 20_000);

  it('finishes the job it has before it stops', async () => {
    const app = await queue.start();
    const recorder = app.get(Recorder);
    const tenant = await queue.createTenant();
    let finish = (): void => undefined;
    recorder.behave = () => new Promise((resolve) => (finish = resolve));
    await queue.enqueue(app, tenant, 'test.echo');
    await recorder.reach(1);
    expect(await app.get(QueueHealth).check()).toMatchObject({ ok: true });
    // It holds a job, and its lock shows that it lives.
    expect((await queue.admin.query('SELECT jobs.dead_workers()')).rows).toEqual([]);
    const stopped = app.get(TaskRunner).stop();
    expect(await app.get(QueueHealth).check()).toMatchObject({ ok: false });
    finish();
    await stopped;
    expect(await queue.jobsOf(tenant)).toEqual([]);
  });

  it('survives the loss of all its connections, in the middle of a job', async () => {
    const app = await queue.start();
    const recorder = app.get(Recorder);
    const tenant = await queue.createTenant();
    let finish = (): void => undefined;
    recorder.behave = () => new Promise((resolve) => (finish = resolve));
    await queue.enqueue(app, tenant, 'test.echo', { n: 1 });
    await recorder.reach(1);
    const { rowCount } = await queue.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'tenantry worker%'`,
    );
    expect(rowCount).toBeGreaterThanOrEqual(3);
    finish();
    await queue.enqueue(app, tenant, 'test.echo', { n: 2 });
    await recorder.reach(2);
    finish();
    await app.get(TaskRunner).stop();
    expect(recorder.calls.map(({ payload }) => payload['n'])).toEqual([1, 2]);
    expect(await queue.jobsOf(tenant)).toEqual([]);
  }, 20_000);

  it('counts what it did and what waits', async () => {
    const app = await queue.start({ WORKER_CONCURRENCY: '1' });
    const recorder = app.get(Recorder);
    const tenant = await queue.createTenant();
    let finish = (): void => undefined;
    recorder.behave = ({ n }) => (n === 1 ? Promise.resolve() : new Promise((resolve) => (finish = resolve)));
    for (const n of [1, 2]) await queue.enqueue(app, tenant, 'test.echo', { n });
    await queue.enqueue(app, tenant, 'mail.send');
    // The only worker has begun the second job, so it is done with the first.
    await recorder.reach(2);
    const metrics = await app.get(MetricsRegistry).metrics();
    expect(metrics).toContain('job_duration_seconds_count{task="test.echo",outcome="done"} 1');
    expect(metrics).toContain('jobs_in_queue{task="test.echo",state="running"} 1');
    expect(metrics).toContain('jobs_in_queue{task="mail.send",state="due"} 1');
    expect(metrics).toMatch(/^job_oldest_due_seconds\{task="mail.send"\} (?!0$)/m);
    finish();
  });

  it('forgets jobs a month after they were given up, and queues without a job', async () => {
    const app = await queue.start({ APP_ROLE: 'api' });
    const tenant = await queue.createTenant();
    const later = { runAt: new Date(Date.now() + 60_000) };
    for (const queueName of ['old', 'young', 'waiting']) {
      await queue.enqueue(app, tenant, 'test.echo', { queueName }, { ...later, queueName });
    }
    const giveUp = (name: string, days: number): Promise<unknown> =>
      queue.admin.query(
        `UPDATE jobs._private_jobs SET attempts = max_attempts, updated_at = now() - $2 * interval '1 day'
          WHERE payload -> 'data' ->> 'queueName' = $1`,
        [name, days],
      );
    await giveUp('old', 31);
    await giveUp('young', 29);
    await app.get(PlatformQueueService).enqueue('queue.clean_up', {});
    await app.get(TaskRunner).runDue();

    const left = await queue.jobsOf(tenant);
    expect(left.map(({ payload }) => payload.data['queueName'])).toEqual(['young', 'waiting']);
    const { rows } = await queue.admin.query('SELECT queue_name FROM jobs._private_job_queues ORDER BY id');
    expect(rows.map((row) => row.queue_name)).toEqual([`t:${tenant.id}:young`, `t:${tenant.id}:waiting`]);
  });

  it('does not start with a handler whose task no manifest declares, and says what to add and where', async () => {
    @Module({ imports: [QueueTestModule], providers: [UnlistedTask] })
    class UnlistedTestModule {}
    await expect(queue.start({}, UnlistedTestModule)).rejects.toThrow(
      "a handler for the task test.unlisted, which the database does not know. Add to tasks in src/modules/<module>/<module>.manifest.ts: 'test.unlisted': 'tenant'",
    );
  });
});

describe('A worker whose queue is not there', () => {
  it.each([
    ['is not set up', 'ALTER TABLE jobs.tenant_tasks RENAME TO gone', 'ALTER TABLE jobs.gone RENAME TO tenant_tasks'],
    [
      'is not its own',
      'REVOKE USAGE ON SCHEMA jobs FROM tenantry_worker',
      'GRANT ALL ON SCHEMA jobs TO tenantry_worker',
    ],
  ])('does not start when it %s', async (_, breakIt, mendIt) => {
    await queue.admin.query(breakIt);
    try {
      await expect(queue.start()).rejects.toThrow(/Tenantry cannot start/);
    } finally {
      await queue.admin.query(mendIt);
    }
  });
});

describe('A worker that is killed', () => {
  const PROGRAM = fileURLToPath(new URL('../support/killable-worker.ts', import.meta.url));
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  // Two rounds of two seconds and a look for work; graphile-worker alone would take four hours.
  it('loses its job to another one within seconds, and not while it lives', async () => {
    const tenant = await queue.createTenant();
    const enqueuer = await queue.start({ APP_ROLE: 'api' });
    await queue.enqueue(enqueuer, tenant, 'test.echo');
    child = spawn(process.execPath, [PROGRAM], {
      env: { PATH: process.env['PATH'], WORKER_URL: queue.database.workerUrl, TASK: 'test.echo' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(line.toString()).toMatch(/^running \d+/);
    const dead = (): Promise<pg.QueryResult> => queue.admin.query('SELECT jobs.dead_workers()');
    expect((await dead()).rows).toEqual([]);

    const other = await queue.start();
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    await other.get(Recorder).reach(1);
    expect(other.get(Recorder).calls).toMatchObject([{ tenantId: tenant.id, attempt: 2 }]);
  }, 30_000);
});
