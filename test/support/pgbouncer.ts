import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { serverAccount } from '../../scripts/embedded/account.ts';
import type { TestDatabase } from './test-database.js';
import { testServer } from './test-server.js';

const PROGRAM = [
  '/usr/sbin/pgbouncer',
  '/usr/bin/pgbouncer',
  '/usr/local/bin/pgbouncer',
  '/opt/homebrew/bin/pgbouncer',
].find((path) => existsSync(path));

/** Whether PgBouncer is installed here (Debian: `apt-get install pgbouncer`). */
export const hasPgBouncer = PROGRAM !== undefined;

/** Whether it keeps prepared statements in transaction mode: from 1.21 on. */
export function keepsPreparedStatements(): boolean {
  const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(PROGRAM!, ['--version'], { encoding: 'utf8' }))!;
  return Number(major) > 1 || Number(minor) >= 21;
}

export interface PgBouncer {
  /** The same database, as app and platform, through the pooler: transaction mode, one server connection per role. */
  appUrl: string;
  platformUrl: string;
  stop(): Promise<void>;
}

/** Starts a PgBouncer of the test's own before `database`. */
export async function startPgBouncer(database: TestDatabase): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-pgbouncer-'));
  const account = serverAccount();
  const port = await freePort();
  const server = new URL(testServer().adminUrl);
  const users = [database.appUrl, database.platformUrl].map((url) => new URL(url));
  const files = {
    'users.txt': users.map(({ username, password }) => `"${username}" "${decodeURIComponent(password)}"`).join('\n'),
    'pgbouncer.ini': `
[databases]
* = host=${server.hostname} port=${server.port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 1
max_client_conn = 100
server_lifetime = 3600
query_wait_timeout = 20
${keepsPreparedStatements() ? 'max_prepared_statements = 500' : ''}
`,
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    if (account) chownSync(join(folder, name), account.uid, account.gid);
  }
  if (account) chownSync(folder, account.uid, account.gid);
  const child = spawn(PROGRAM!, ['-q', join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    cwd: '/',
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  const through = (url: string): string =>
    Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).toString();
  const bouncer = { appUrl: through(database.appUrl), platformUrl: through(database.platformUrl) };
  await untilItAnswers(bouncer.appUrl, child);
  return {
    ...bouncer,
    async stop() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client(url);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (child.exitCode !== null || attempt > 100) throw new Error('PgBouncer did not start.', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
