import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { processIdentity } from '../../scripts/processes/process-identity.mjs';
import { eventually } from '../support/eventually.js';
import { ProjectClone } from '../support/project-clone.js';
import type { ScriptProcess } from '../support/script-process.js';

const TIMEOUT_MS = 120_000;

describe('npm start in an empty folder', () => {
  const clone = new ProjectClone();
  afterEach(() => clone.stopAll());
  afterAll(() => clone.remove());

  async function started(environment?: NodeJS.ProcessEnv): Promise<{ command: ScriptProcess; url: string }> {
    const command = clone.npm(['start'], environment);
    const url = (await command.line(/http.*\/readyz/)).match(/http\S+(?=\/readyz)/)![0];
    await command.line(/Ctrl-C/);
    return { command, url };
  }
  const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;
  const isAccepting = (url: string): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    );
  const postmaster = (): number =>
    Number(readFileSync(clone.file('.data', 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const leases = (): string[] => readdirSync(clone.file('.data', 'leases'));
  const appOf = ({ lines }: ScriptProcess): number => {
    const ready = lines.find((line) => line.startsWith('{') && line.includes('"ready"'))!;
    return (JSON.parse(ready) as { pid: number }).pid;
  };

  it(
    'serves, and after SIGTERM drains, gives the database back and exits with 0',
    async () => {
      const { command, url } = await started();
      expect(await statusOf(`${url}/readyz`)).toBe(200);
      // Everybody knows the demo's passwords: nobody else in the network may reach it.
      const elsewhere = Object.values(networkInterfaces()).flat();
      const outside =
        elsewhere.find((address) => address?.family === 'IPv4' && !address.internal)?.address ?? '127.0.0.2';
      expect(await isAccepting(url.replace('localhost', outside).replace('127.0.0.1', outside))).toBe(false);
      const server = postmaster();
      // Some send it more than once.
      command.child.kill('SIGTERM');
      command.child.kill('SIGTERM');
      expect(await command.ended).toBe(0);
      expect(processIdentity(server)).toBeNull();
      expect(existsSync(clone.file('.data', 'postgres', 'postmaster.pid'))).toBe(false);
      expect(leases()).toEqual([]);
      expect(await isAccepting(url)).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    'repeats no step when nothing has changed, and ends with 0 after Ctrl-C too',
    async () => {
      const { command, url } = await started();
      expect(command.lines.filter((line) => line.startsWith('•'))).toEqual([]);
      expect(await statusOf(`${url}/livez`)).toBe(200);
      // A terminal sends it to the whole group, and npm passes it on once more.
      process.kill(-command.pid, 'SIGINT');
      expect(await command.ended).toBe(0);
      expect(leases()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'runs twice at the same time, on one server and two ports',
    async () => {
      const [first, second] = await Promise.all([started(), started()]);
      expect(first.url).not.toBe(second.url);
      const server = postmaster();
      first.command.child.kill('SIGTERM');
      expect(await first.command.ended).toBe(0);
      expect(await statusOf(`${second.url}/readyz`)).toBe(200);
      expect(postmaster()).toBe(server);
      second.command.child.kill('SIGTERM');
      expect(await second.command.ended).toBe(0);
      expect(processIdentity(server)).toBeNull();
    },
    TIMEOUT_MS,
  );

  it(
    'lets the application drain when npm and everything around it is killed',
    async () => {
      const { command } = await started();
      process.kill(-command.pid, 'SIGKILL');
      await command.ended; // the output closes when the last process that writes to it ends, a moment before it is gone
      const app = appOf(command);
      const isGone = (identity: string | null): boolean => identity === null;
      expect(await eventually(() => processIdentity(app), isGone)).toBeNull();
      expect(command.lines.join('\n')).toMatch(/SIGTERM/);
      // The next start finds what was left behind.
      const again = await started();
      expect(await statusOf(`${again.url}/readyz`)).toBe(200);
    },
    TIMEOUT_MS,
  );

  it(
    'serves again after its PostgreSQL was killed',
    async () => {
      const { command, url } = await started();
      const killed = postmaster();
      process.kill(killed, 'SIGKILL');
      await command.line(/PostgreSQL had stopped; it was restarted/);
      const probe = () => statusOf(`${url}/readyz`);
      expect(await eventually(probe, (status) => status === 200)).toBe(200);
      expect(postmaster()).not.toBe(killed);
      command.child.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'says which address it cannot listen on',
    async () => {
      const command = clone.npm(['start'], { HOST: '192.0.2.1' });
      expect(await command.ended).toBe(1);
      expect(command.lines).toContain('HOST 192.0.2.1 is not an address of this machine.');
    },
    TIMEOUT_MS,
  );

  it(
    'names all mistakes in .env at once, before it touches the database',
    async () => {
      writeFileSync(clone.file('.env'), 'PORT=many\nLOG_LEVEL=loud\nTRUST_PROXY=?\nPUBLIC_ULR=x\n');
      const command = clone.npm(['start']);
      expect(await command.ended).toBe(1);
      rmSync(clone.file('.env'));
      const said = command.lines.join('\n');
      for (const name of ['PORT', 'LOG_LEVEL', 'TRUST_PROXY']) expect(said).toContain(name);
      expect(said).not.toContain('PUBLIC_URL ');
      expect(said).toContain('Nothing reads PUBLIC_ULR, which .env sets. Did you mean PUBLIC_URL?');
      expect(said).not.toMatch(/^\s+at /m);
    },
    TIMEOUT_MS,
  );

  it(
    'says in one sentence that the database of DATABASE_URL cannot be reached',
    async () => {
      const at = (role: string): string => `postgresql://tenantry_${role}:secret@127.0.0.1:1/tenantry`;
      const ring = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
      const command = clone.npm(['start'], {
        DATABASE_URL: at('app'),
        DATABASE_PLATFORM_URL: at('platform'),
        DATABASE_WORKER_URL: at('worker'),
        TOKEN_SIGNING_KEYS: ring,
        DATA_ENCRYPTION_KEYS: ring,
      });
      expect(await command.ended).toBe(1);
      const said = command.lines.join('\n');
      expect(said).toContain('Cannot connect to PostgreSQL tenantry_app@127.0.0.1:1/tenantry');
      expect(said).not.toContain('secret');
      expect(said).not.toMatch(/^\s+at /m);
    },
    TIMEOUT_MS,
  );

  it(
    'runs the tests, too, while it serves',
    async () => {
      const { command, url } = await started();
      const test = clone.npm(['test', '--', 'test/scripts/test-database.spec.ts']);
      expect(await test.ended).toBe(0);
      expect(test.lines.join('\n')).toMatch(/Tests: .*2 passed/);
      expect(await statusOf(`${url}/readyz`)).toBe(200);
      command.child.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    },
    TIMEOUT_MS,
  );
});
