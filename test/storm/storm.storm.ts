import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { withClient } from '../../scripts/db/connect.ts';
import { type AnsweringServer, createAnsweringServer } from '../support/answering-server.js';
import { eventually } from '../support/eventually.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { testDatabase, type TestDatabase } from '../support/test-database.js';
import { action, edges, log, trigger, WorkflowWorld } from '../support/workflow-world.js';
import { Disturbances } from './disturbances.js';

const STORM_MS = Number(process.env['STORM_SECONDS']) * 1000;
const CALM_MS = 180_000;
const CLIENTS = 8;

jest.setTimeout(STORM_MS + 2 * CALM_MS);

/** A request that is made again, as a client does, until it is answered with something else than 503. */
class Client {
  readonly statuses = new Map<number, number>();
  /** Runs that were asked for, each once. */
  started = 0;

  constructor(
    private readonly world: WorkflowWorld,
    private readonly authorization: Record<string, string>,
    private readonly http: TestApp['http'],
  ) {}

  async startRun(workflowId: string): Promise<void> {
    const headers = { ...this.authorization, 'Idempotency-Key': randomUUID() };
    const status = await this.#persist(() =>
      this.http.post(`/api/v1/workflows/${workflowId}/runs`).set(headers).send({ input: {} }),
    );
    if (status === 202) this.started += 1;
  }

  async read(): Promise<void> {
    await this.#persist(() => this.http.get('/api/v1/users').set(this.authorization));
  }

  async write(bio: string): Promise<void> {
    const id = await this.world.tenants.idOf('owner');
    await this.#persist(() => this.http.patch(`/api/v1/users/${id}`).set(this.authorization).send({ bio }));
  }

  async #persist(send: () => PromiseLike<{ status: number; headers: object }>): Promise<number> {
    for (;;) {
      const { status, headers } = await send();
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (status !== 503) return status;
      expect(headers).toHaveProperty('retry-after');
      await delay(100);
    }
  }
}

const sumOf = (clients: readonly Client[], status: number): number =>
  clients.reduce((sum, { statuses }) => sum + (statuses.get(status) ?? 0), 0);

describe('A storm', () => {
  let database: TestDatabase;
  let api: TestApp;
  let world: WorkflowWorld;
  let outside: AnsweringServer;
  let disturbances: Disturbances;

  beforeAll(async () => {
    database = await testDatabase();
    // Test databases are faster at the price of what a storm is about: that a commit survives a crash.
    await withClient(database.adminUrl, (admin) =>
      admin.query(`ALTER DATABASE "${database.name}" RESET synchronous_commit`),
    );
    outside = await createAnsweringServer((_, response) =>
      response.setHeader('Content-Type', 'application/json').end('{"ok":true}'),
    );
    api = await createTestApp({ LOG_LEVEL: 'error' });
    world = await WorkflowWorld.create(api);
    await world.tenants.idOf('owner');
    disturbances = await Disturbances.create(process.env['STORM_FOLDER']!, database, 2);
  });
  afterAll(async () => {
    await disturbances.end();
    await api.close();
    await outside.close();
  });

  const sql = async <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    withClient(database.adminUrl, async (admin) => (await admin.query<T>(text, values)).rows);

  it('loses nothing, does nothing twice, leaves nothing half-written, and is 503 at worst', async () => {
    const emit = action('emit', 'event.emit', { name: 'custom.storm.passed', payload: {} });
    const call = action('call', 'http.request', { method: 'POST', url: `${outside.origin}/effect` });
    const retry = { maxAttempts: 10, delayMs: 200, backoffMultiplier: 1, jitterMs: 100 };
    const causing = await world.workflow(
      [trigger(), { ...call, retry }, { ...emit, retry }, log('last')],
      edges('start -> call', 'call -> emit', 'emit -> last'),
    );
    const caused = await world.workflow([trigger(), log('heard')], edges('start -> heard'), {
      trigger: 'event',
      triggerConfig: { name: 'custom.storm.passed' },
    });
    for (const id of [causing, caused]) await world.as('owner').post(`/workflows/${id}/activate`);

    const authorization = { Authorization: `Bearer ${await world.tenants.tokenOf('owner')}` };
    const clients = Array.from({ length: CLIENTS }, () => new Client(world, authorization, api.http));
    const until = performance.now() + STORM_MS;
    const busy = clients.map(async (client) => {
      for (let n = 0; performance.now() < until; n += 1) {
        await client.startRun(causing);
        await client.read();
        await client.write(`storm ${n}`);
        await delay(50);
      }
    });
    let causedTimes = 0;
    for (let n = 0; performance.now() < until; n += 1) {
      await delay(2000);
      await disturbances.cause(n);
      causedTimes = n + 1;
    }
    await Promise.all(busy);

    const started = clients.reduce((sum, client) => sum + client.started, 0);
    const statuses = new Set(clients.flatMap((client) => [...client.statuses.keys()]));
    const answers = Object.fromEntries([...statuses].map((status) => [status, sumOf(clients, status)]));
    process.stdout.write(
      `${causedTimes} disturbances, ${started} runs, answers by status: ${JSON.stringify(answers)}\n`,
    );
    expect(started).toBeGreaterThan(0);
    expect(statuses).toContain(503);
    expect([...statuses].filter((status) => ![200, 202, 503].includes(status))).toEqual([]);

    const openRuns = (): Promise<{ open: number; ended: number }[]> =>
      sql(`SELECT count(*) FILTER (WHERE finished_at IS NULL)::int AS open, count(*) FILTER (WHERE finished_at IS NOT NULL)::int AS ended
        FROM workflow_runs`);
    const calm = await eventually(openRuns, ([runs]) => runs!.open === 0 && runs!.ended >= 2 * started, CALM_MS);
    expect(calm).toEqual([{ open: 0, ended: 2 * started }]);

    // Every run that was asked for, once, and one for each event that they emitted; all of them with all of their steps.
    expect(
      await sql(
        `SELECT workflow_id = $1::uuid AS causing, status, count(*)::int AS runs,
           sum((SELECT count(*) FROM workflow_run_steps s WHERE s.run_id = r.id AND s.status = 'succeeded'))::int AS steps,
           bool_and(last_event_seq = (SELECT count(*) FROM workflow_run_events e WHERE e.run_id = r.id)) AS "isWhole"
         FROM workflow_runs r GROUP BY 1, 2 ORDER BY 1`,
        [causing],
      ),
    ).toEqual([
      { causing: false, status: 'succeeded', runs: started, steps: 2 * started, isWhole: true },
      { causing: true, status: 'succeeded', runs: started, steps: 4 * started, isWhole: true },
    ]);
    // What was done outside may have been asked for again by a worker that did not live to save it; never under another key.
    const keys = new Set(outside.requests.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(started);
    const left = await sql(
      `SELECT task_identifier FROM jobs.jobs WHERE task_identifier IN ('workflow.run', 'event.deliver')`,
    );
    expect(left).toEqual([]);
  });
});
