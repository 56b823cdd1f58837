import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { NODE_FLAGS } from '../../../scripts/application/node-flags.ts';
import { DATA_FOLDER, ROOT } from '../../../scripts/project.ts';
import { CONDITIONS, SCRIPTS } from '../../../src/modules/scripting/sandbox/sandbox-languages.js';
import { type AnsweringServer, createAnsweringServer } from '../../support/answering-server.js';
import { eventually } from '../../support/eventually.js';
import { ScriptProcess } from '../../support/script-process.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testConfig } from '../../support/test-config.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';

// A whole program as a process of its own, on a machine that may be busy with other tests.
jest.setTimeout(120_000);

const SWC = 'node_modules/@swc/cli/bin/swc.js';
const MIB = 1_048_576;
/** As many as a worker has at once by default. */
const RUNS = 4;

const IDLE_SANDBOX = 60 * MIB;

/** What the manifests give a container, in bytes. */
function limitOf(name: string): number {
  const [deployment] = parseAllDocuments(readFileSync(join(ROOT, `deploy/kubernetes/${name}.yaml`), 'utf8'));
  const memory = String(
    deployment!.getIn(['spec', 'template', 'spec', 'containers', 0, 'resources', 'limits', 'memory']),
  );
  return Number.parseInt(memory, 10) * (memory.endsWith('Gi') ? 1024 : 1) * MIB;
}

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux('A worker with large runs', () => {
  const build = join(DATA_FOLDER, `test-build-${randomUUID()}`);
  let outside: AnsweringServer;
  let worker: ScriptProcess;
  let database: TestDatabase;
  let api: TestApp;
  let world: WorkflowWorld;

  beforeAll(async () => {
    const swc = promisify(execFile)(process.execPath, [SWC, 'src', '-d', build, '--quiet', '--ignore', '**/*.spec.ts']);
    outside = await createAnsweringServer((request, response) =>
      response.end(`${request.url}${'x'.repeat(1_000_000)}`),
    );
    database = await createTestDatabase();
    api = await createTestApp({
      DATABASE_URL: database.appUrl,
      DATABASE_PLATFORM_URL: database.platformUrl,
      DATABASE_WORKER_URL: database.workerUrl,
    });
    world = await WorkflowWorld.create(api);
    await swc;
    const config = testConfig(database, { APP_ROLE: 'worker', LOG_LEVEL: 'info' });
    const env = Object.entries(config).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
    worker = new ScriptProcess(process.execPath, [...NODE_FLAGS, join(build, 'src', 'main.js')], {
      env: { PATH: process.env['PATH'], ...Object.fromEntries(env), WORKFLOW_HTTP_ALLOWED_HOSTS: '127.0.0.1' },
    });
    await worker.line(/"msg":"ready"/);
  });
  afterAll(async () => {
    worker.child.kill('SIGKILL');
    await worker.ended;
    await api.close();
    await outside.close();
    await dropTestDatabase(database);
    await rm(build, { recursive: true, force: true });
  });

  /** What the worker has had in memory at most, in bytes, without its sandbox processes. */
  const peak = (): number => {
    const status = readFileSync(`/proc/${worker.child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  };

  /** A chain of steps, each with an output of its own of a megabyte. */
  async function chain(steps: number): Promise<string> {
    const ids = Array.from({ length: steps }, (_, n) => `s${n}`);
    const nodes = ids.map((id) => action(id, 'http.request', { url: `${outside.origin}/${id}` }));
    return world.workflow(
      [trigger(), ...nodes],
      edges(...ids.map((id, n) => `${n === 0 ? 'start' : ids[n - 1]} -> ${id}`)),
    );
  }

  async function ended(ids: string[]): Promise<unknown[]> {
    return Promise.all(
      ids.map((id) =>
        eventually(
          () => world.get(id),
          ({ status }) => !['queued', 'running', 'waiting'].includes(status),
          100_000,
        ),
      ),
    );
  }

  it('keeps as many of the largest as it has places within what the manifests give it', async () => {
    await ended([await world.start(await chain(1))]);
    const before = peak();
    const workflow = await chain(15);
    const runs = await ended(await Promise.all(Array.from({ length: RUNS }, () => world.start(workflow))));
    expect(runs).toEqual(
      Array.from({ length: RUNS }, () => expect.objectContaining({ status: 'succeeded' }) as unknown),
    );
    const taken = peak() - before;
    // What they keep, once more as text on its way to the database, and what is not collected yet.
    expect(taken).toBeLessThan(RUNS * 15 * MIB * 5);
    // Two processes for scripts and one for conditions, at their most.
    const sandboxes = 2 * SCRIPTS.memoryBytes + CONDITIONS.memoryBytes + 3 * IDLE_SANDBOX;
    expect(peak() + sandboxes).toBeLessThan(limitOf('worker'));
  });

  it.each(['api', 'worker'])('has the same limit as every process: %s', (name) => {
    expect(limitOf(name)).toBe(1024 * MIB);
    expect(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')).toContain('mem_limit: 1g');
  });

  it('ends one that keeps more, at the step that was too much', async () => {
    const [run] = await ended([await world.start(await chain(40))]);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'run.too_large', nodeId: 's16' } });
  });
});
