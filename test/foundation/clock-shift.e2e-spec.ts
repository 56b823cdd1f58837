import { jest } from '@jest/globals';
import { withClient } from '../../scripts/db/connect.ts';
import { eventually } from '../support/eventually.js';
import { type Program, startProgram } from '../support/program.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/test-database.js';
import { action, edges, log, trigger, WorkflowWorld } from '../support/workflow-world.js';

// Whole programs as processes of their own, on a machine that may be busy with other tests.
jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

// What a wrong clock does is wrong by an hour: everything below is compared with half of it.
describe.each([
  ['an hour ahead', HOUR_MS],
  ['an hour behind', -HOUR_MS],
])('A process whose clock is %s', (_, clockShiftMs) => {
  let database: TestDatabase;
  let api: TestApp;
  let shifted: Program;
  let world: WorkflowWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
    const urls = {
      DATABASE_URL: database.appUrl,
      DATABASE_PLATFORM_URL: database.platformUrl,
      DATABASE_WORKER_URL: database.workerUrl,
    };
    api = await createTestApp(urls);
    world = await WorkflowWorld.create(api);
    shifted = await startProgram(database, { APP_ROLE: 'all' }, { clockShiftMs });
  });
  afterAll(async () => {
    shifted.child.kill('SIGKILL');
    await shifted.ended;
    await api.close();
    await dropTestDatabase(database);
  });

  const sql = async <T extends object>(text: string, values: unknown[]): Promise<T[]> =>
    withClient(database.adminUrl, async (admin) => (await admin.query<T>(text, values)).rows);
  const toShifted = (path: string, token: string, init: RequestInit = {}) =>
    fetch(`${shifted.origin}/api/v1${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    });

  it('waits as long as it should, and expires what people do not decide', async () => {
    const run = await world.run(
      [trigger(), action('wait', 'delay', { ms: 1500 }), log('after')],
      edges('start -> wait', 'wait -> after'),
    );
    expect(run.status).toBe('succeeded');
    const [wait] = await sql<{ ms: number }>(
      `SELECT extract(epoch FROM finished_at - started_at)::float8 * 1000 AS ms FROM workflow_run_steps
       WHERE run_id = $1 AND node_id = 'wait'`,
      [run.id],
    );
    expect(wait!.ms).toBeGreaterThanOrEqual(1400);
    expect(wait!.ms).toBeLessThan(HOUR_MS / 2);
    const approval = action('ask', 'approval', { deadlineMs: 20 * MINUTE_MS });
    const id = await world.start(await world.workflow([trigger(), approval], edges('start -> ask')));
    await world.reached(id, 'waiting');
    const [ask] = await sql<{ ms: number }>(
      `SELECT extract(epoch FROM deadline_at - started_at)::float8 * 1000 AS ms FROM workflow_run_steps
       WHERE run_id = $1 AND node_id = 'ask'`,
      [id],
    );
    expect(Math.abs(ask!.ms - 20 * MINUTE_MS)).toBeLessThan(HOUR_MS / 4);
    const token = await world.tenants.tokenOf('owner');
    const decided = await toShifted(`/workflow-runs/${id}/steps/ask/approve`, token, { method: 'POST', body: '{}' });
    expect(decided.status).toBe(200);
  });

  it('keeps to schedules', async () => {
    const rest = { trigger: 'schedule', triggerConfig: { cron: '*/5 * * * *' } };
    const id = await world.workflow([trigger(), log('done')], edges('start -> done'), rest);
    await world.as('owner').post(`/workflows/${id}/activate`);
    // As if its time had come.
    const [first] = await sql<{ due: Date }>(
      `UPDATE workflows SET next_run_at = date_trunc('minute', now()) WHERE id = $1 RETURNING next_run_at AS due`,
      [id],
    );
    await sql(
      `UPDATE jobs._private_jobs SET run_at = now(),
         payload = jsonb_set(payload::jsonb, '{data,occurrence}', to_jsonb($2::text))::json
       WHERE key LIKE '%' || $1`,
      [`schedule:${id}`, first!.due.toISOString()],
    );
    const planned = await eventually(
      () => sql<{ next: Date; now: Date }>('SELECT next_run_at AS next, now() FROM workflows WHERE id = $1', [id]),
      ([row]) => row!.next.getTime() !== first!.due.getTime(),
    );
    const inMs = planned[0]!.next.getTime() - planned[0]!.now.getTime();
    expect(inMs).toBeGreaterThan(-MINUTE_MS);
    expect(inMs).toBeLessThanOrEqual(5 * MINUTE_MS);
    const [run] = await sql<{ age: number }>(
      'SELECT abs(extract(epoch FROM now() - created_at))::float8 * 1000 AS age FROM workflow_runs WHERE workflow_id = $1',
      [id],
    );
    expect(run!.age).toBeLessThan(HOUR_MS / 2);
  });

  it('writes no times of its own', async () => {
    const token = await world.tenants.tokenOf('owner');
    const body = JSON.stringify({ name: `w-${clockShiftMs}`, nodes: [trigger()], edges: [] });
    const answer = await toShifted('/workflows', token, { method: 'POST', body });
    const { id } = (await answer.json()) as { id: string };
    await toShifted(`/workflows/${id}`, token, { method: 'PATCH', body: JSON.stringify({ description: 'x' }) });
    const rows = await sql<{ age: number }>(
      `SELECT greatest(abs(extract(epoch FROM now() - created_at)), abs(extract(epoch FROM now() - updated_at)))::float8 * 1000 AS age
       FROM workflows WHERE id = $1`,
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.age).toBeLessThan(HOUR_MS / 2);
  });

  it('takes the tokens, sessions and keys of others, and gives such as others take', async () => {
    const password = 'correct horse battery staple';
    const user = await world.tenants.make.createUser(world.tenants.tenant, { password });
    const credentials = JSON.stringify({ tenant: world.tenants.tenant.slug, identifier: user.email, password });
    const signedIn = await fetch(`${shifted.origin}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: credentials,
    });
    const { accessToken, refreshToken } = (await signedIn.json()) as { accessToken: string; refreshToken: string };
    const me = await api.http.get('/api/v1/auth/me').set('Authorization', `Bearer ${accessToken}`);
    expect(me.status).toBe(200);
    expect((await toShifted('/auth/me', accessToken)).status).toBe(200);
    const refreshed = await api.http.post('/api/v1/auth/refresh').send({ refreshToken });
    expect(refreshed.status).toBe(200);
    expect((await toShifted('/auth/me', refreshed.body.accessToken as string)).status).toBe(200);
  });
});
