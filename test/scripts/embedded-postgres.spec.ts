import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { withClient } from '../../scripts/db/connect.ts';
import { useEmbeddedPostgres, type EmbeddedPostgres } from '../../scripts/embedded/embedded-postgres.ts';
import { keepRunning } from '../../scripts/embedded/keep-running.ts';
import { isAlive, processIdentity } from '../../scripts/processes/process-identity.mjs';
import { eventually } from '../support/eventually.js';
import { ScriptProcess } from '../support/script-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const USER = join(import.meta.dirname, 'embedded-user.ts');

describe('the embedded PostgreSQL', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, '.data');
  let server: EmbeddedPostgres;
  const leases: EmbeddedPostgres[] = [];
  const use = async (): Promise<void> => {
    server = await useEmbeddedPostgres(data);
    leases.push(server);
  };

  beforeEach(use);
  afterEach(async () => {
    for (const lease of leases.splice(0)) await lease.release();
    expect(isRunning(server.pid)).toBe(false);
  });
  afterAll(() => folder.remove());

  const query = async (sql: string): Promise<unknown[]> =>
    (await withClient(server.adminUrl, (client) => client.query(sql))).rows;
  const isRunning = (pid: number): boolean => processIdentity(pid) !== null;

  it('is PostgreSQL 18 on the loopback address, with generated passwords that only the owner can read', async () => {
    expect(await query(`SELECT current_setting('server_version_num')::int / 10000 AS version`)).toEqual([
      { version: 18 },
    ]);
    expect(await query(`SELECT current_setting('listen_addresses') AS at`)).toEqual([{ at: '127.0.0.1' }]);
    expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600);
    const wrong = server.adminUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(withClient(wrong, async () => undefined)).rejects.toThrow(/password authentication failed/);
  });

  it('is shared with a second process, and stopped by the last user only', async () => {
    const second = new ScriptProcess(process.execPath, [USER, data]);
    expect(JSON.parse(await second.line(/^\{/))).toEqual({ pid: server.pid, port: server.port });
    await server.release();
    expect(isRunning(server.pid)).toBe(true);
    second.say('leave');
    expect(await second.ended).toBe(0);
    expect(isRunning(server.pid)).toBe(false);
  });

  it('is started once by processes that come at the same time', async () => {
    await server.release();
    const users = Array.from({ length: 4 }, () => new ScriptProcess(process.execPath, [USER, data]));
    const seen = await Promise.all(users.map((user) => user.line(/^\{/)));
    expect(new Set(seen).size).toBe(1);
    for (const user of users) user.say('leave');
    expect(await Promise.all(users.map((user) => user.ended))).toEqual([0, 0, 0, 0]);
    expect(isRunning((JSON.parse(seen[0]!) as { pid: number }).pid)).toBe(false);
  });

  it('does not stay for users that were killed', async () => {
    const killed = new ScriptProcess(process.execPath, [USER, data]);
    await killed.line(/^\{/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await server.release();
    expect(isRunning(server.pid)).toBe(false);
  });

  it('stays for a process that a lease was taken for', async () => {
    const other = spawn('sleep', ['600']);
    await server.alsoFor(other.pid!);
    const second = await useEmbeddedPostgres(data);
    await second.release();
    expect(isRunning(server.pid)).toBe(true);
    other.kill();
    await once(other, 'exit');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'outlives %s to the process group that started it',
    async (signal) => {
      await server.release();
      const starter = new ScriptProcess(process.execPath, [USER, data], { detached: true });
      const { pid } = JSON.parse(await starter.line(/^\{/)) as { pid: number };
      process.kill(-starter.pid, signal);
      expect(await starter.ended).toBe(signal);
      expect(isRunning(pid)).toBe(true);
      await use();
      expect(server.pid).toBe(pid);
      expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    },
  );

  it('recovers from a crash with everything that was committed', async () => {
    await query('CREATE TABLE IF NOT EXISTS kept (n int)');
    await query('INSERT INTO kept VALUES (1)');
    process.kill(server.pid, 'SIGKILL');
    const crashed = server.pid;
    await use();
    expect(server.pid).not.toBe(crashed);
    expect(await query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('is started again on its port when it ends by itself, and not after it was released', async () => {
    const stop = new AbortController();
    const said: string[] = [];
    const watch = keepRunning(server, stop.signal, (line) => said.push(line));
    await query('CREATE TABLE IF NOT EXISTS outlived (n int)');
    process.kill(server.pid, 'SIGKILL');
    await eventually(
      () => said.length,
      (count) => count > 0,
    );
    expect(said).toEqual(['PostgreSQL had stopped; it was restarted.']);
    expect(await query(`SELECT to_regclass('outlived') IS NOT NULL AS there`)).toEqual([{ there: true }]);
    stop.abort();
    await watch;
    await server.release();
    expect(await server.revive()).toBe(false);
    await expect(query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('starts although the number in a stale postmaster.pid belongs to another program by now', async () => {
    await server.release();
    const other = spawn('sleep', ['600']);
    const lines = [other.pid, join(data, 'postgres'), 1_700_000_000, server.port, '', '127.0.0.1', '1 1', 'ready', ''];
    writeFileSync(join(data, 'postgres', 'postmaster.pid'), lines.join('\n'));
    await use();
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  it('keeps its port, and takes another where that is in use', async () => {
    const { port } = server;
    await server.release();
    await use();
    expect(server.port).toBe(port);
    await server.release();
    const neighbour = createServer().listen(port, '127.0.0.1');
    await once(neighbour, 'listening');
    await use();
    expect(server.port).not.toBe((neighbour.address() as AddressInfo).port);
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    neighbour.close();
  });

  it('opens its database again after the secrets were lost', async () => {
    await query('CREATE TABLE IF NOT EXISTS survived (n int)');
    await server.release();
    rmSync(join(data, 'secrets.json'));
    const before = server.secrets.superuserPassword;
    await use();
    expect(server.secrets.superuserPassword).not.toBe(before);
    expect(await query(`SELECT to_regclass('survived') IS NOT NULL AS there`)).toEqual([{ there: true }]);
  });

  it('makes the cluster anew where initdb was interrupted', async () => {
    await server.release();
    renameSync(join(data, 'postgres'), join(data, 'postgres.part'));
    rmSync(join(data, 'postgres.part', 'PG_VERSION'));
    await use();
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says what is wrong when the server does not start', async () => {
    await server.release();
    const control = join(data, 'postgres', 'global', 'pg_control');
    renameSync(control, `${control}.away`);
    await expect(useEmbeddedPostgres(data)).rejects.toThrow(/PostgreSQL did not start[^]*pg_control/);
    renameSync(`${control}.away`, control);
  });
});

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot('the embedded PostgreSQL in a folder that its user cannot enter', () => {
  it('keeps its files elsewhere, says where, and starts afresh when the data folder was removed', async () => {
    const folder = temporaryFolder();
    const data = join(folder.path, 'private', '.data');
    const said: string[] = [];
    const privately = (): Promise<EmbeddedPostgres> => useEmbeddedPostgres(data, (line) => said.push(line));
    process.umask(0o077);
    let server = await privately();
    process.umask(0o022);
    const outside = said.join('\n').match(/its files are in (\S+)/)?.[1] ?? '';
    try {
      expect(existsSync(join(outside, 'postgres', 'PG_VERSION'))).toBe(true);
      expect(existsSync(join(data, 'postgres'))).toBe(false);
      await withClient(server.adminUrl, (client) => client.query('CREATE TABLE old (n int)'));
      // A clone that is removed and made again while its server still runs.
      rmSync(data, { recursive: true });
      const before = { pid: server.pid, identity: processIdentity(server.pid) };
      server = await privately();
      expect(isAlive(before)).toBe(false);
      const { rows } = await withClient(server.adminUrl, (client) => client.query(`SELECT to_regclass('old') AS old`));
      expect(rows).toEqual([{ old: null }]);
      expect(readFileSync(join(data, 'postgres.json'), 'utf8')).toContain(outside);
    } finally {
      await server.release();
      rmSync(outside, { recursive: true, force: true });
      folder.remove();
    }
  });
});
