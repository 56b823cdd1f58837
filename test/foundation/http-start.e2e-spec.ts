import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAIN, prepare } from '../../scripts/application/prepare.ts';
import { ScriptProcess } from '../support/script-process.js';
import { testConfig } from '../support/test-config.js';
import { createEmptyTestDatabase, dropTestDatabase, testDatabase } from '../support/test-database.js';

type Environment = Record<string, string>;

const running = new Set<ScriptProcess>();

/** The program as it is deployed, with nothing but these variables. */
function start(environment: Environment): ScriptProcess {
  const program = new ScriptProcess(process.execPath, [MAIN], { env: environment });
  running.add(program);
  return program;
}

async function failedStart(environment: Environment): Promise<{ code: number | string; message: string }> {
  const program = start(environment);
  const code = await program.ended;
  // Log lines are JSON; whatever else is said is for the operator.
  return { code, message: program.lines.filter((line) => !line.startsWith('{')).join('\n') };
}

describe('The start of the program', () => {
  let environment: Environment;

  beforeAll(async () => {
    await prepare();
    const config = testConfig(await testDatabase(), { LOG_LEVEL: 'info', NODE_ENV: 'production' });
    environment = Object.fromEntries(
      Object.entries(config)
        .filter(([, value]) => value !== undefined && String(value) !== '')
        .map(([name, value]) => [name, String(value)]),
    );
  }, 120_000);

  afterEach(() => {
    for (const { child } of running) child.kill('SIGKILL');
    running.clear();
  });

  it.each(['api', 'worker'])(
    'ends with one line that says it is ready (%s)',
    async (role) => {
      const program = start({ ...environment, APP_ROLE: role });
      const ready = JSON.parse(await program.line(/"msg":"ready"/)) as Record<string, unknown>;
      expect(ready).toMatchObject({ level: 'info', role, port: expect.any(Number) as number });
      const url = `http://127.0.0.1:${ready['port'] as number}`;
      expect((await fetch(`${url}/livez`)).status).toBe(200);
      expect((await fetch(`${url}/api/docs`)).status).toBe(role === 'api' ? 200 : 404);
      // METRICS_PORT is 0 here: the line names the port that was really taken.
      expect((await fetch(`http://127.0.0.1:${ready['metricsPort'] as number}/metrics`)).status).toBe(200);
      program.child.kill('SIGTERM');
      expect(await program.ended).toBe(0);
    },
    30_000,
  );

  it('names everything that is wrong with the environment, at once and without values', async () => {
    const { DATABASE_URL: _, ...rest } = environment;
    const { code, message } = await failedStart({ ...rest, PORT: 'http', TOKEN_SIGNING_KEYS: 'hunter2' });
    expect(code).toBe(1);
    expect(message).toMatch(/DATABASE_URL is missing/);
    expect(message).toMatch(/PORT must/);
    expect(message).toMatch(/TOKEN_SIGNING_KEYS must/);
    expect(message).not.toMatch(/hunter2|\n +at /);
  }, 30_000);

  it('is refused with one message when the database cannot be reached', async () => {
    const nowhere = 'postgresql://tenantry_app:hunter2@127.0.0.1:1/tenantry';
    const { code, message } = await failedStart({ ...environment, DATABASE_URL: nowhere });
    expect(code).toBe(1);
    expect(message).toMatch(/^Tenantry cannot start:.*database cannot be reached.*ECONNREFUSED/s);
    expect(message.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(message).not.toMatch(/hunter2|\n +at /);
  }, 30_000);

  it('is refused with one message when the password is wrong', async () => {
    const url = new URL(environment['DATABASE_URL']!);
    url.password = 'hunter2';
    const { code, message } = await failedStart({ ...environment, DATABASE_URL: url.href });
    expect(code).toBe(1);
    expect(message).toMatch(/^Tenantry cannot start:.*password authentication failed/s);
    expect(message).not.toMatch(/hunter2|\n +at /);
  }, 30_000);

  it('is refused on a database that was never migrated', async () => {
    const empty = await createEmptyTestDatabase();
    try {
      const { code, message } = await failedStart({
        ...environment,
        DATABASE_URL: empty.appUrl,
        DATABASE_PLATFORM_URL: empty.platformUrl,
        DATABASE_WORKER_URL: empty.workerUrl,
      });
      expect(code).toBe(1);
      expect(message).toMatch(/has not been migrated.*db:migrate:deploy/);
    } finally {
      await dropTestDatabase(empty);
    }
  }, 30_000);

  it('is refused with one message when another program has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, message } = await failedStart({ ...environment, PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(message).toMatch(
      new RegExp(`^Tenantry cannot start: it cannot listen on 127\\.0\\.0\\.1:${port} .*another program`),
    );
  }, 30_000);
});
