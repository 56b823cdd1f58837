import { jest } from '@jest/globals';
import { type AnsweringServer, createAnsweringServer } from '../support/answering-server.js';
import { eventually } from '../support/eventually.js';
import { type Program, startProgram } from '../support/program.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { testDatabase, type TestDatabase } from '../support/test-database.js';
import { action, edges, stepOf, trigger, WorkflowWorld } from '../support/workflow-world.js';

/** The pauses before it is tried again grow to 40 seconds. */
const END_MS = 300_000;
const INNOCENT = 6;

jest.setTimeout(END_MS + 60_000);

describe('A run that kills every worker that takes it', () => {
  let database: TestDatabase;
  let api: TestApp;
  let world: WorkflowWorld;
  let outside: AnsweringServer;
  let worker: Program | undefined;
  let deaths = 0;
  let isOver = false;
  let replacing: Promise<void> = Promise.resolve();

  async function replaceWorker(): Promise<void> {
    worker?.child.kill('SIGKILL');
    await worker?.ended;
    if (isOver) return;
    worker = await startProgram(database, { APP_ROLE: 'worker', WORKFLOW_HTTP_ALLOWED_HOSTS: ['127.0.0.1'] });
  }

  beforeAll(async () => {
    database = await testDatabase();
    outside = await createAnsweringServer((request, response) => {
      if (request.url === '/deadly') {
        // Before an answer: the worker dies in the middle of the step, as for want of memory.
        deaths += 1;
        replacing = replacing.then(replaceWorker);
        return;
      }
      setTimeout(() => response.setHeader('Content-Type', 'application/json').end('{"ok":true}'), 1000);
    });
    api = await createTestApp({ LOG_LEVEL: 'error' });
    world = await WorkflowWorld.create(api);
    await replaceWorker();
  });
  afterAll(async () => {
    isOver = true;
    await replacing;
    await replaceWorker();
    await api.close();
    await outside.close();
  });

  const call = (id: string, path: string): object =>
    action(id, 'http.request', { method: 'POST', url: `${outside.origin}${path}` });

  it('fails with its own step after a few of them, and takes no other run along', async () => {
    const deadly = await world.workflow([trigger(), call('deadly', '/deadly')], edges('start -> deadly'));
    const long = await world.workflow(
      [trigger(), ...['a', 'b', 'c', 'd'].map((id) => call(id, '/slow'))],
      edges('start -> a', 'a -> b', 'b -> c', 'c -> d'),
    );
    const innocent = await Promise.all(Array.from({ length: INNOCENT }, () => world.start(long)));
    const guilty = await world.start(deadly);
    const failed = await eventually(
      () => world.get(guilty),
      ({ status }) => status === 'failed',
      END_MS,
    );
    expect(failed).toMatchObject({ error: { code: 'step.interrupted', nodeId: 'deadly' } });
    expect(stepOf(failed, 'deadly').attempts).toBe(deaths);
    const others = await Promise.all(
      innocent.map((id) =>
        eventually(
          () => world.get(id),
          ({ status }) => ['succeeded', 'failed'].includes(status),
          END_MS,
        ),
      ),
    );
    process.stdout.write(`${deaths} workers died of the run; ${others.length} others were beside it\n`);
    expect(others.map(({ status, error }) => [status, error])).toEqual(others.map(() => ['succeeded', null]));
    // They were in the way of the first deaths only: after that the deadly one is alone.
    const attempts = others.flatMap((run) => ['a', 'b', 'c', 'd'].map((id) => stepOf(run, id).attempts));
    expect(Math.max(...attempts)).toBeLessThanOrEqual(2);
    // The worker that is there now takes what is new.
    const next = await world.start(long);
    const ended = await eventually(
      () => world.get(next),
      ({ status }) => ['succeeded', 'failed'].includes(status),
      END_MS,
    );
    expect(ended.status).toBe('succeeded');
  });
});
