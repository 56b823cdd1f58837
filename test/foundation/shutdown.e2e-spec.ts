import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Agent, get, type IncomingMessage, request as send } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { DATA_FOLDER } from '../../scripts/project.ts';
import type { Config } from '../../src/common/config/config.js';
import { type Principal, signedInPlatformAdmin } from '../support/principals.js';
import { ScriptProcess } from '../support/script-process.js';
import { createTestApp } from '../support/test-app.js';
import { testConfig } from '../support/test-config.js';
import { testDatabase } from '../support/test-database.js';

// Whole applications, and here processes, on a machine that may be busy with other tests.
jest.setTimeout(60_000);

const SWC = 'node_modules/@swc/cli/bin/swc.js';
const REPORT = '/api/v1/platform/health/report';

/** The program itself, as a process of its own. */
interface Program {
  process: ScriptProcess;
  port: number;
}

describe('SIGTERM', () => {
  // Inside the checkout, so that it finds its packages, and not in dist/, which a running program may use.
  const build = join(DATA_FOLDER, `test-build-${randomUUID()}`);
  const running: Program[] = [];
  let admin: Omit<Principal, 'tenantId'>;

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [SWC, 'src', '-d', build, '--quiet', '--ignore', '**/*.spec.ts']);
    const app = await createTestApp();
    admin = await signedInPlatformAdmin(app);
    await app.close();
  }, 60_000);
  afterEach(async () => {
    for (const { process: program } of running.splice(0)) {
      program.child.kill('SIGKILL');
      await program.ended;
    }
  });
  afterAll(() => rm(build, { recursive: true, force: true }));

  async function start(overrides: Partial<Config> = {}): Promise<Program> {
    const config = testConfig(await testDatabase(), { LOG_LEVEL: 'info', ...overrides });
    const env = Object.entries(config).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
    const program = new ScriptProcess(process.execPath, [join(build, 'src', 'main.js')], {
      env: { PATH: process.env['PATH'], ...Object.fromEntries(env) },
    });
    const started = { process: program, port: 0 };
    running.push(started);
    started.port = (JSON.parse(await program.line(/"msg":"ready"/)) as { port: number }).port;
    return started;
  }

  async function ask({ port }: Program, path: string, agent?: Agent): Promise<{ status: number; connection?: string }> {
    const request = get({ host: '127.0.0.1', port, path, agent, headers: { authorization: admin.authorization } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await text(response);
    return { status: response.statusCode ?? 0, connection: response.headers.connection };
  }

  /** A request whose body is only half there; `finish` sends the rest and resolves with the answer's status. */
  async function halfRequest({ port }: Program): Promise<{ finish: () => Promise<number> }> {
    const body = JSON.stringify({ refreshToken: 'x' });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const request = send({ host: '127.0.0.1', port, path: '/api/v1/auth/refresh', method: 'POST', headers });
    request.on('error', () => {});
    request.write(body.slice(0, 5));
    // Answered later on the same connection's server: by then the head above has been read.
    await once(request, 'socket').then(([socket]) => (socket.connecting ? once(socket, 'connect') : undefined));
    return {
      finish: async () => {
        request.end(body.slice(5));
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        await text(response);
        return response.statusCode ?? 0;
      },
    };
  }

  async function refusesConnections({ port }: Program): Promise<void> {
    for (;;) {
      const socket = connect(port, '127.0.0.1');
      const failed = await once(socket, 'connect').then(
        () => false,
        () => true,
      );
      socket.destroy();
      if (failed) return;
    }
  }

  it('under load: fails no request, finishes what is in flight, and ends with 0', async () => {
    const program = await start({ DRAIN_DELAY_MS: 700, APP_ROLE: 'all' });
    const agent = new Agent({ keepAlive: true });
    const statuses: number[] = [];
    let balancerSendsHere = true;
    const client = async () => {
      while (balancerSendsHere) statuses.push((await ask(program, REPORT, agent)).status);
    };
    const clients = Array.from({ length: 6 }, client);
    const half = await halfRequest(program);
    expect((await ask(program, '/readyz')).status).toBe(200);

    program.process.child.kill('SIGTERM');
    program.process.child.kill('SIGTERM');
    while ((await ask(program, '/readyz')).status === 200);
    // Not ready, and still serving: this is when balancers learn of it.
    const beforeLeaving = statuses.length;
    const late = await ask(program, REPORT, agent);
    expect(late).toEqual({ status: 200, connection: 'close' });
    while (statuses.length < beforeLeaving + 10) await ask(program, '/livez');
    balancerSendsHere = false;
    await Promise.all(clients);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);

    await refusesConnections(program);
    expect(await half.finish()).toBeLessThan(500);
    expect(await program.process.ended).toBe(0);
    agent.destroy();
  });

  it('ends a worker, too', async () => {
    const program = await start({ APP_ROLE: 'worker' });
    expect((await ask(program, '/livez')).status).toBe(200);
    program.process.child.kill('SIGTERM');
    expect(await program.process.ended).toBe(0);
  });

  it('ends with 1, and says so, when a request does not finish in time', async () => {
    const program = await start({ SHUTDOWN_TIMEOUT_MS: 1000 });
    await halfRequest(program);
    expect((await ask(program, '/livez')).status).toBe(200);
    program.process.child.kill('SIGTERM');
    expect(await program.process.ended).toBe(1);
    expect(program.process.lines.filter((line) => /SHUTDOWN_TIMEOUT_MS/.test(line))).toHaveLength(1);
  });

  it('is not needed by who interrupts twice', async () => {
    const program = await start();
    await halfRequest(program);
    expect((await ask(program, '/livez')).status).toBe(200);
    program.process.child.kill('SIGINT');
    await program.process.line(/SIGINT: shutting down/);
    program.process.child.kill('SIGINT');
    expect(await program.process.ended).toBe(130);
  });
});
