import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/project.ts';
import { processIdentity } from '../../scripts/processes/process-identity.mjs';
import { eventually } from '../support/eventually.js';
import { ScriptProcess } from '../support/script-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const FAKE_COMMAND = `
import { writeFileSync } from 'node:fs';
const [name, ...rest] = process.argv.slice(2);
const asText: string = JSON.stringify({ name, rest, version: process.versions.node });
console.log(asText);
if (name === 'wait') {
  let seen = 0;
  process.on('SIGTERM', () => { seen += 1; console.log('SIGTERM ' + seen); setTimeout(() => process.exit(7), 200); });
  process.on('SIGINT', () => { seen += 1; console.log('SIGINT ' + seen); setTimeout(() => process.exit(8), 200); });
  setInterval(() => undefined, 1000);
  console.log('waiting ' + process.pid);
} else {
  process.exitCode = Number(rest[0] ?? 0);
}
`;

/** A Node that is too old for the project, if this machine has one: then the bootstrap has to find the right one. */
function olderNode(): string | null {
  for (const node of ['/usr/bin/node', '/usr/local/bin/node']) {
    if (!existsSync(node)) continue;
    const { stdout } = spawnSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' });
    if (Number(stdout) >= 18 && Number(stdout) < 24) return node;
  }
  return null;
}

describe.each([
  ['this Node', process.execPath],
  ['an older Node', olderNode()],
])('the bootstrap on %s', (_, node) => {
  const onNode = node ? it : it.skip;
  const folder = temporaryFolder();
  const modules = join(folder.path, 'node_modules');

  beforeAll(() => {
    cpSync(join(ROOT, 'scripts'), join(folder.path, 'scripts'), {
      recursive: true,
      filter: (path) => !path.endsWith('.ts'),
    });
    writeFileSync(join(folder.path, 'scripts', 'cli.ts'), FAKE_COMMAND);
    writeFileSync(join(folder.path, 'package.json'), '{"name": "fake", "version": "1.0.0", "type": "module"}');
    const lock = {
      name: 'fake',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': { name: 'fake', version: '1.0.0' } },
    };
    writeFileSync(join(folder.path, 'package-lock.json'), JSON.stringify(lock));
    mkdirSync(modules);
    writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages: {} }));
    const packaged = `node-${process.platform}-${process.arch}`;
    mkdirSync(join(modules, packaged, 'bin'), { recursive: true });
    symlinkSync(process.execPath, join(modules, packaged, 'bin', 'node'));
  });
  afterAll(() => folder.remove());

  const bootstrap = (...args: string[]): ScriptProcess =>
    new ScriptProcess(node!, [join(folder.path, 'scripts', 'bootstrap.mjs'), ...args], { detached: true });

  onNode('runs the command on the right Node, with its arguments, and keeps the exit code', async () => {
    const command = bootstrap('greet', '5', '--loud', 'two words');
    expect(await command.ended).toBe(5);
    const said = JSON.parse(await command.line(/^\{/)) as unknown;
    expect(said).toEqual({ name: 'greet', rest: ['5', '--loud', 'two words'], version: process.versions.node });
  });

  onNode.each(['SIGTERM', 'SIGINT'] as const)('passes %s of a whole process group on once', async (signal) => {
    const command = bootstrap('wait');
    await command.line(/^waiting/);
    process.kill(-command.pid, signal);
    expect(await command.ended).toBe(signal === 'SIGTERM' ? 7 : 8);
    expect(command.lines.filter((line) => line.startsWith('SIG'))).toEqual([`${signal} 1`]);
  });

  onNode('takes the command with it when it is killed', async () => {
    const command = bootstrap('wait');
    const pid = Number((await command.line(/^waiting/)).split(' ')[1]);
    command.child.kill('SIGKILL');
    await command.ended; // its output closes when the last of the two ends, a moment before the system forgets it
    const isGone = (identity: string | null): boolean => identity === null;
    expect(await eventually(() => processIdentity(pid), isGone)).toBeNull();
  });

  onNode('takes over packages that were installed by hand', async () => {
    rmSync(join(modules, '.tenantry-installed'), { force: true });
    const command = bootstrap('greet');
    expect(await command.ended).toBe(0);
    expect(command.lines.join('\n')).not.toContain('Installing');
    expect(readFileSync(join(modules, '.tenantry-installed'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the bootstrap of a fresh clone', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('installs what the lock file names, once, and again when that changes', async () => {
    const write = (name: string, content: unknown): void =>
      writeFileSync(join(folder.path, name), JSON.stringify(content));
    cpSync(join(ROOT, 'scripts'), join(folder.path, 'scripts'), {
      recursive: true,
      filter: (path) => !path.endsWith('.ts'),
    });
    writeFileSync(join(folder.path, 'scripts', 'cli.ts'), FAKE_COMMAND);
    // A package from a folder: npm needs no registry for it.
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder.path, name));
      write(join(name, 'package.json'), { name, version: '1.0.0' });
    }
    const depend = (...names: string[]): void => {
      const dependencies = Object.fromEntries(names.map((name) => [name, `file:${name}`]));
      const root = { name: 'fake', version: '1.0.0', type: 'module', dependencies };
      write('package.json', root);
      const packages = Object.fromEntries([
        ['', root],
        ...names.map((name) => [name, { version: '1.0.0' }]),
        ...names.map((name) => [`node_modules/${name}`, { resolved: name, link: true }]),
      ]);
      write('package-lock.json', { name: 'fake', version: '1.0.0', lockfileVersion: 3, packages });
    };
    const run = async (): Promise<string> => {
      const command = new ScriptProcess(process.execPath, [join(folder.path, 'scripts', 'bootstrap.mjs'), 'greet']);
      expect(await command.ended).toBe(0);
      return command.lines.join('\n');
    };
    const isInstalled = (name: string): boolean => existsSync(join(folder.path, 'node_modules', name, 'package.json'));

    depend('one');
    expect(await run()).toContain('Installing');
    expect([isInstalled('one'), isInstalled('two')]).toEqual([true, false]);
    expect(await run()).not.toContain('Installing');
    depend('one', 'two');
    expect(await run()).toContain('Installing');
    expect([isInstalled('one'), isInstalled('two')]).toEqual([true, true]);
  });
});
