import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DATA_FOLDER } from '../../../scripts/project.ts';
import { type AnsweringServer, createAnsweringServer } from '../../support/answering-server.js';
import { eventually } from '../../support/eventually.js';
import { ScriptProcess } from '../../support/script-process.js';
import { gate } from '../../support/step-probe.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testConfig } from '../../support/test-config.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { action, edges, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

// Whole programs as processes of their own, on a machine that may be busy with other tests.
jest.setTimeout(90_000);

const SWC = 'node_modules/@swc/cli/bin/swc.js';

describe('A worker that is killed in the middle of a run', () => {
  const build = join(DATA_FOLDER, `test-build-${randomUUID()}`);
  const allowed = '127.0.0.1';
  const workers: ScriptProcess[] = [];
  const firstCharge = gate();
  let charges: ServerResponse[];
  let outside: AnsweringServer;
  let database: TestDatabase;
  let api: TestApp;
  let world: WorkflowWorld;

  beforeAll(async () => {
    charges = [];
    outside = await createAnsweringServer((request, response) => {
      if (request.url !== '/charge') return void response.end('{}');
      charges.push(response);
      // The first one is never answered: its worker does not live to hear it.
      if (charges.length === 1) firstCharge.open();
      else response.setHeader('Content-Type', 'application/json').end('{"paid": true}');
    });
    const swc = promisify(execFile)(process.execPath, [SWC, 'src', '-d', build, '--quiet', '--ignore', '**/*.spec.ts']);
    // Of its own: another test's worker could take the run.
    database = await createTestDatabase();
    api = await createTestApp({
      DATABASE_URL: database.appUrl,
      DATABASE_PLATFORM_URL: database.platformUrl,
      DATABASE_WORKER_URL: database.workerUrl,
    });
    world = await WorkflowWorld.create(api);
    await swc;
  });
  afterAll(async () => {
    for (const worker of workers) {
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    await api.close();
    await outside.close();
    await dropTestDatabase(database);
    await rm(build, { recursive: true, force: true });
  });

  async function startWorker(): Promise<ScriptProcess> {
    const config = testConfig(database, { APP_ROLE: 'worker', LOG_LEVEL: 'info' });
    const env = Object.entries(config).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
    const worker = new ScriptProcess(process.execPath, [join(build, 'src', 'main.js')], {
      env: { PATH: process.env['PATH'], ...Object.fromEntries(env), WORKFLOW_HTTP_ALLOWED_HOSTS: allowed },
    });
    workers.push(worker);
    await worker.line(/"msg":"ready"/);
    return worker;
  }

  // Two rounds of the queue's look after dead workers, of two seconds each, and a look for work.
  it('is followed by another one within seconds, from the last finished step on', async () => {
    const reserve = action('reserve', 'http.request', { method: 'POST', url: `${outside.origin}/reserve` });
    // As long as it may take to start another worker.
    const timeoutMs = 30_000;
    const charge = action('charge', 'http.request', { method: 'POST', url: `${outside.origin}/charge`, timeoutMs });
    const workflowId = await world.workflow(
      [trigger(), reserve, charge],
      edges('start -> reserve', 'reserve -> charge'),
    );
    const victim = await startWorker();
    const id = await world.start(workflowId);
    await firstCharge.opened;
    await startWorker();
    victim.child.kill('SIGKILL');
    await victim.ended;
    const run = await eventually(
      () => world.get(id),
      ({ status }) => status !== 'running',
      60_000,
    );
    expect(run).toMatchObject({ status: 'succeeded', error: null });
    expect(stepOf(run, 'reserve').attempts).toBe(1);
    expect(stepOf(run, 'charge')).toMatchObject({ attempts: 2, status: 'succeeded' });
    const asked = outside.requests.map(({ url, headers }) => [url, headers['idempotency-key']]);
    expect(asked).toEqual([
      ['/reserve', `${id}:reserve`],
      ['/charge', `${id}:charge`],
      ['/charge', `${id}:charge`],
    ]);
  });
});
