import { randomUUID } from 'node:crypto';
import { withClient } from '../../../scripts/db/connect.ts';
import { RunEventsService } from '../../../src/modules/workflow-runs/watch/run-events.service.js';
import { describeContract, problemOf } from '../../support/contract.js';
import { type StoredRun, storeRuns } from '../../support/stored-runs.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';
import { edges, log, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { wireCountingProxy, type WireCountingProxy } from '../../isolation/wire-counting-proxy.js';

const KIB = 1024;
/** A text that has so many bytes as JSON. */
const textOf = (bytes: number): string => 'x'.repeat(bytes - 2);

let proxy: WireCountingProxy;
let app: TestApp;
let world: WorkflowWorld;
let workflowId: string;
beforeAll(async () => {
  proxy = await wireCountingProxy((await testDatabase()).appUrl);
  app = await createTestApp({ DATABASE_URL: proxy.url });
  world = await WorkflowWorld.create(app);
  workflowId = await world.workflow([trigger(), log('say')], edges('start -> say'));
});
afterAll(async () => {
  await app.close();
  await proxy.close();
});

const get = async (path: string) => {
  const answer = await world.as('viewer').get(path);
  expect(answer.status).toBe(200);
  return answer;
};
const stored = async (run: StoredRun): Promise<string> => (await storeRuns(world, workflowId, [run]))[0]!;

describe('What is seen of runs', () => {
  describeContract(
    () => ({
      http: world.tenants.http,
      tokenOf: (role) => world.tenants.tokenOf(role),
      foreignId: () =>
        WorkflowWorld.create(app).then(async (there) =>
          there.start(await there.workflow([trigger(), log('say')], edges('start -> say'))),
        ),
    }),
    {
      'GET /workflow-runs': {
        allow: 'viewer',
        invalidQueries: [
          'limit=101',
          'status=odd',
          'trigger=odd',
          'cursor=odd',
          'page=1',
          'ownerId=x',
          'from=x',
          'workflowId=x',
        ],
      },
      'GET /workflow-runs/:id/steps': { allow: 'viewer', invalidQueries: ['limit=101', 'cursor=x'] },
      'GET /workflow-runs/:id/input': { allow: 'viewer' },
      'GET /workflow-runs/:id/outputs': { allow: 'viewer' },
      'GET /workflow-runs/:id/error': { allow: 'viewer' },
      'GET /workflow-runs/:id/steps/start/input': { allow: 'viewer' },
      'GET /workflow-runs/:id/steps/start/output': { allow: 'viewer' },
      'GET /workflow-runs/:id/steps/start/error': { allow: 'viewer' },
    },
  );
});

describe('A list of runs', () => {
  it('has neither inputs nor outputs, and takes no more of the database and of the network when they are large', async () => {
    const large = { input: textOf(KIB * KIB), outputs: { say: textOf(KIB * KIB) } };
    const cost = async (run: StoredRun): Promise<{ received: number; sent: number }> => {
      const id = await world.workflow([trigger(), log('say')], edges('start -> say'));
      await storeRuns(
        world,
        id,
        Array.from({ length: 24 }, () => run),
      );
      let sent = 0;
      await get(`/workflows/${id}/runs?limit=24`);
      const received = await proxy.received(async () => {
        const { text, body } = await get(`/workflows/${id}/runs?limit=24`);
        sent = text.length;
        for (const shown of body.data) expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['input']));
      });
      return { received, sent };
    };
    const small = await cost({ input: {}, outputs: {} });
    const big = await cost(large);
    expect(big.received / small.received).toBeLessThan(1.2);
    expect(big.sent / small.sent).toBeLessThan(1.2);
  });

  it('names the details of an error that are too large to be in it', async () => {
    const error = { code: 'http.status', message: 'Odd', details: textOf(20 * KIB) };
    const id = await stored({ error });
    const { body } = await get('/workflow-runs?limit=1');
    expect(body.data[0]).toMatchObject({ id, error: { code: 'http.status', message: 'Odd', details: null } });
    expect(body.data[0].omitted).toEqual(['error.details']);
    expect((await get(`/workflow-runs/${id}/error`)).body).toEqual(error);
  });

  it('goes over all workflows, by workflow, status, trigger, owner and time, page by page', async () => {
    const there = await WorkflowWorld.create(app);
    const list = async (query: string): Promise<{ data: { id: string }[]; meta: { nextCursor: string | null } }> =>
      (await there.as('viewer').get(`/workflow-runs?${query}`)).body as never;
    const [one, other] = [await there.workflow([trigger()], []), await there.workflow([trigger()], [])];
    const runs = [await there.start(one), await there.start(other), await there.start(one)].reverse();
    const ids = async (query: string): Promise<string[]> => (await list(query)).data.map(({ id }) => id);
    expect(await ids('limit=3')).toEqual(runs);
    const first = await list('limit=2');
    expect(await ids(`limit=2&cursor=${first.meta.nextCursor}`)).toEqual(runs.slice(2));
    expect(await ids(`workflowId=${other}`)).toEqual([runs[1]]);
    expect(await ids('status=queued&trigger=manual')).toEqual(runs);
    expect(await ids('trigger=webhook')).toEqual([]);
    expect(await ids(`ownerId=${await there.tenants.idOf('owner')}`)).toEqual(runs);
    expect(await ids(`ownerId=${randomUUID()}`)).toEqual([]);
    expect(await ids('from=2020-01-01T00:00:00Z')).toEqual(runs);
    expect(await ids('to=2020-01-01T00:00:00Z')).toEqual([]);
  });
});

describe('A run', () => {
  it('shows values up to 16 KiB, and of larger ones the size', async () => {
    const fits = textOf(16 * KIB);
    const over = textOf(16 * KIB + 1);
    const id = await stored({
      input: over,
      outputs: { a: 1 },
      steps: [
        { nodeId: 'one', input: fits, output: over },
        { nodeId: 'two', input: null, output: { small: true } },
      ],
    });
    const { body } = await get(`/workflow-runs/${id}`);
    expect(body).toMatchObject({ input: null, inputBytes: 16 * KIB + 1, outputs: { a: 1 }, omitted: ['input'] });
    expect(body).not.toHaveProperty('outputBytes');
    expect(body.steps[0]).toMatchObject({ input: fits, output: null, outputBytes: 16 * KIB + 1, omitted: ['output'] });
    expect(body.steps[1]).toMatchObject({ nodeId: 'two', input: null, output: { small: true } });
    expect(body.steps[1]).not.toHaveProperty('omitted');
    expect(body.steps[1]).not.toHaveProperty('inputBytes');
  });

  it('shows values of 1 MiB together at most, the first ones, and every step', async () => {
    const value = textOf(15 * KIB);
    const error = { code: 'odd', message: 'm'.repeat(2000) };
    const steps = Array.from({ length: 200 }, (_, n) => ({ nodeId: `n${n}`, input: value, output: value, error }));
    const id = await stored({ steps });
    const answer = await get(`/workflow-runs/${id}`);
    expect(answer.body.steps).toHaveLength(200);
    expect(answer.text.length).toBeLessThan(1.2 * KIB * KIB);
    expect(answer.body.steps[25]).toMatchObject({ input: value, output: value, error });
    expect(answer.body.steps[199]).toMatchObject({ input: null, inputBytes: 15 * KIB, outputBytes: 15 * KIB });
    expect(answer.body.steps[199].error).toEqual({ code: 'odd', message: 'm'.repeat(200) });
    expect(answer.body.steps[199].omitted).toEqual(['input', 'output', 'error']);
  });

  it('counts comments among its values, as they are sent', async () => {
    const comment = '\u0001'.repeat(2000);
    const id = await stored({ steps: Array.from({ length: 500 }, (_, n) => ({ nodeId: `n${n}`, comment })) });
    const answer = await get(`/workflow-runs/${id}`);
    expect(answer.text.length).toBeLessThan(1.5 * KIB * KIB);
    expect(answer.body.steps[0].approval.comment).toBe(comment);
    expect(answer.body.steps[499]).toMatchObject({ approval: { comment: null }, omitted: ['comment'] });
    const { body } = await get(`/workflow-runs/${id}/steps?limit=100&page=5`);
    expect(body.data[99].approval.comment).toBe(comment);
  });

  it('has its steps in pages of 4 MiB at most', async () => {
    const value = textOf(16 * KIB);
    const steps = Array.from({ length: 130 }, (_, n) => ({ nodeId: `n${n}`, input: value, output: value }));
    const id = await stored({ steps });
    const first = await get(`/workflow-runs/${id}/steps?limit=100`);
    expect(first.body.meta).toEqual({ page: 1, limit: 100, total: 130, totalPages: 2, hasNext: true, hasPrev: false });
    expect(first.text.length).toBeLessThan(4 * KIB * KIB);
    const second = await get(`/workflow-runs/${id}/steps?limit=100&page=2`);
    const nodes = [...first.body.data, ...second.body.data].map(({ nodeId }: { nodeId: string }) => nodeId);
    expect(nodes).toEqual(steps.map(({ nodeId }) => nodeId));
    expect(second.body.data[0]).toMatchObject({ input: value, output: value });
  });

  it('is answered with what it was started with only where that is small, also when the answer is repeated', async () => {
    const start = (input: unknown, headers = {}) =>
      world.as('owner').post(`/workflows/${workflowId}/runs`, { input }, headers);
    expect((await start({ n: 1 })).body).toMatchObject({ input: { n: 1 }, outputs: null });
    const large = { text: textOf(300 * KIB) };
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await start(large, key);
    expect(first.body).toMatchObject({ input: null, inputBytes: expect.any(Number), omitted: ['input'] });
    const received = await proxy.received(async () => {
      expect((await start(large, key)).body).toEqual(first.body);
    });
    expect(received).toBeLessThan(32 * KIB);
  });
});

describe('The events of a run', () => {
  it('are read in pieces of their size, each once, to the end', async () => {
    const id = await stored({});
    await withClient((await testDatabase()).adminUrl, async (admin) => {
      await admin.query(
        `INSERT INTO workflow_run_events (tenant_id, run_id, seq, type, data)
           SELECT $1, $2, n, 'step.log', jsonb_build_object('message', repeat('x', 60000)) FROM generate_series(1, 150) n`,
        [world.tenants.tenant.id, id],
      );
      await admin.query('UPDATE workflow_runs SET last_event_seq = 150 WHERE id = $1', [id]);
    });
    const source = app.app.get(RunEventsService, { strict: false }).of(id);
    const seen: string[] = [];
    for (let isOver = false; !isOver;) {
      const page = await world.tenants.make.inTenant(world.tenants.tenant, () => source.read(seen.at(-1)));
      expect(JSON.stringify(page.events).length).toBeLessThan(1.2 * KIB * KIB);
      expect(page.events.length).toBeGreaterThan(0);
      seen.push(...page.events.map((event) => event.id));
      isOver = page.isOver;
    }
    expect(seen).toEqual(Array.from({ length: 150 }, (_, n) => String(n + 1)));
  });
});

describe('A value of a run', () => {
  it.each([
    ['a text of several pieces', 'ä€😀'.repeat(600_000)],
    ['an object', { z: 1, a: [null, 'ü'] }],
    ['a large number', 12345.678],
  ])('is sent as it is stored: %s', async (_, value) => {
    const id = await stored({
      input: value,
      outputs: { value },
      steps: [{ nodeId: 'a b', input: value, output: value }],
    });
    const text = await withClient((await testDatabase()).adminUrl, async (admin) => {
      const { rows } = await admin.query<{ text: string }>(
        'SELECT input::text AS text FROM workflow_runs WHERE id = $1',
        [id],
      );
      return rows[0]!.text;
    });
    const input = await get(`/workflow-runs/${id}/input`);
    expect(input.text === text).toBe(true);
    expect(input.headers['content-type']).toBe('application/json; charset=utf-8');
    expect((await get(`/workflow-runs/${id}/outputs`)).text === `{"value": ${text}}`).toBe(true);
    for (const name of ['input', 'output']) {
      expect((await get(`/workflow-runs/${id}/steps/a%20b/${name}`)).text === text).toBe(true);
    }
  });

  it('is null where there is none, and 404 where there is no such step', async () => {
    const id = await stored({ steps: [{ nodeId: 'one' }] });
    expect((await get(`/workflow-runs/${id}/outputs`)).text).toBe('null');
    expect((await get(`/workflow-runs/${id}/steps/one/error`)).text).toBe('null');
    expect(problemOf(await world.as('viewer').get(`/workflow-runs/${id}/steps/two/error`))).toEqual({
      status: 404,
      code: 'workflow_run_step.not_found',
    });
  });
});
