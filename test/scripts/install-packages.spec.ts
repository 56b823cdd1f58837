import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/project.ts';
import { ScriptProcess } from '../support/script-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Stands in for npm: installs when the file `go` appears, takes a moment to stop, and tells what it does. */
const FAKE_NPM = `
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
const tell = (word) => appendFileSync('npm.log', word + '\\n');
process.on('SIGTERM', () => { tell('is asked to stop'); setTimeout(() => { tell('ends'); process.exit(1); }, 300); });
process.on('SIGINT', () => tell('got SIGINT'));
tell('begins');
console.error('npm begins');
setInterval(() => {
  if (!existsSync('go')) return;
  mkdirSync('node_modules', { recursive: true });
  writeFileSync('node_modules/.package-lock.json', '{"packages": {}}');
  tell('ends');
  process.exit(0);
}, 20);
`;

const LOCK = {
  name: 'fake',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: { '': { name: 'fake', version: '1.0.0' } },
};

describe('an installation of packages', () => {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder.path, name);
  const running = new Set<ScriptProcess>();

  beforeAll(() => {
    const isPlain = (file: string): boolean => !file.endsWith('.ts');
    cpSync(join(ROOT, 'scripts'), path('scripts'), { recursive: true, filter: isPlain });
    writeFileSync(path('scripts/cli.ts'), "console.log('the command runs');");
    writeFileSync(path('package.json'), '{"name": "fake", "version": "1.0.0", "type": "module"}');
    writeFileSync(path('package-lock.json'), JSON.stringify(LOCK));
    mkdirSync(path('npm'));
    writeFileSync(path('npm/package.json'), '{"type": "commonjs"}');
    writeFileSync(path('npm/npm-cli.js'), FAKE_NPM);
  });
  beforeEach(() => {
    for (const name of ['go', 'npm.log', 'node_modules']) rmSync(path(name), { recursive: true, force: true });
  });
  afterEach(async () => {
    writeFileSync(path('go'), '');
    await Promise.all([...running].map(({ ended }) => ended));
    running.clear();
  });
  afterAll(() => folder.remove());

  function bootstrap(): ScriptProcess {
    const env = { ...process.env, npm_execpath: path('npm/npm-cli.js'), npm_lifecycle_event: '' };
    const command = new ScriptProcess(process.execPath, [path('scripts/bootstrap.mjs')], {
      cwd: folder.path,
      env,
      detached: true,
    });
    running.add(command);
    return command;
  }
  const npmLog = (): string[] => readFileSync(path('npm.log'), 'utf8').trim().split('\n');

  it('has ended npm when Ctrl-C ends it, and the next one installs', async () => {
    const stopped = bootstrap();
    await stopped.line(/npm begins/);
    process.kill(-stopped.pid, 'SIGINT');
    expect(await stopped.ended).toBe(130);
    expect(npmLog()).toEqual(['begins', 'is asked to stop', 'ends']);
    writeFileSync(path('go'), '');
    const next = bootstrap();
    expect(await next.ended).toBe(0);
    expect(next.lines).toContain('the command runs');
  });

  it('ends an npm that goes on unpacking after Ctrl-C', async () => {
    writeFileSync(path('npm/npm-cli.js'), FAKE_NPM.replace(/setTimeout\(.*300\);/, ''));
    const stopped = bootstrap();
    await stopped.line(/npm begins/);
    process.kill(-stopped.pid, 'SIGINT');
    expect(await stopped.ended).toBe(130);
    expect(npmLog()).toEqual(['begins', 'is asked to stop']);
    writeFileSync(path('npm/npm-cli.js'), FAKE_NPM);
    writeFileSync(path('go'), '');
    expect(await bootstrap().ended).toBe(0);
  });

  it('keeps the lock until npm has ended: one that waits never works beside it', async () => {
    const stopped = bootstrap();
    await stopped.line(/npm begins/);
    const waiting = bootstrap();
    process.kill(-stopped.pid, 'SIGTERM');
    await waiting.line(/npm begins/);
    expect(npmLog()).toEqual(['begins', 'is asked to stop', 'ends', 'begins']);
    expect(await stopped.ended).toBe(143);
  });

  it('that was killed leaves an npm that the next one waits for', async () => {
    const killed = bootstrap();
    await killed.line(/npm begins/);
    killed.child.kill('SIGKILL');
    const next = bootstrap();
    await next.line(/Waiting for another installation/);
    expect(npmLog()).toEqual(['begins']);
    writeFileSync(path('go'), '');
    expect(await next.ended).toBe(0);
    // What that npm has installed counts.
    expect(npmLog()).toEqual(['begins', 'ends']);
    expect(existsSync(path('node_modules/.tenantry-installed'))).toBe(true);
  });

  it('says that npm failed, and with which code', async () => {
    writeFileSync(path('npm/npm-cli.js'), 'process.exit(5);');
    const failed = bootstrap();
    expect(await failed.ended).toBe(5);
    expect(failed.lines).toContain('npm could not install the packages; its messages are above.');
    writeFileSync(path('npm/npm-cli.js'), FAKE_NPM);
  });
});
