import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ProjectClone } from '../support/project-clone.js';

const TIMEOUT_MS = 900_000;

describe('npm run module:new', () => {
  const clone = new ProjectClone();
  afterEach(() => clone.stopAll());
  afterAll(() => clone.remove());

  async function run(...args: string[]): Promise<{ code: number | string; said: string }> {
    const command = clone.npm(['run', ...args]);
    return { code: await command.ended, said: command.lines.join('\n') };
  }
  const make = (...args: string[]) => run('module:new', '--', ...args);
  const remove = (...args: string[]) => run('module:remove', '--', ...args);
  const modules = (): string[] =>
    [...readFileSync(clone.file('src/modules/modules.ts'), 'utf8').matchAll(/name: '([a-z-]+)'/g)].map(
      ([, name]) => name!,
    );
  const git = (...args: string[]): void => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.test', '-c', 'core.hooksPath=/dev/null'];
    const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: clone.path, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };

  /** Everything that can be edited, by its path. */
  function project(): Record<string, string> {
    const files = ['src', 'test', 'prisma', 'docs'].flatMap((folder) =>
      readdirSync(clone.file(folder), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(clone.file('src/generated')))
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    return Object.fromEntries(files.map((path) => [relative(clone.path, path), readFileSync(path, 'utf8')]));
  }

  it('leaves nothing behind when it fails half-way', async () => {
    const broken = clone.file('prisma/schema/broken.prisma');
    writeFileSync(broken, 'model {');
    const before = project();
    expect((await make('labels')).code).not.toBe(0);
    expect(project()).toEqual(before);
    rmSync(broken);
  });

  it(
    'makes modules that pass every check and their own tests without an edit, and module:remove takes them away',
    async () => {
      const before = project();
      const labels = ['--field', 'name:text:unique', '--field', 'colour:text?'];
      expect(await make('labels', '--before', 'workflow-runs', ...labels)).toMatchObject({ code: 0 });
      const items = ['title:text', 'note:long-text?', 'position:integer:unique', 'isDone:boolean', 'dueAt:timestamp?'];
      const fields = items.flatMap((field) => ['--field', field]);
      expect(await make('checklist-items', '--parent', 'labels', ...fields)).toMatchObject({ code: 0 });
      expect(modules().slice(-3)).toEqual(['labels', 'workflow-runs', 'checklist-items']);
      expect((await make('labels')).said).toContain('The name "labels" is taken');

      // First what makes the client, which the types need.
      const tests = [
        'architecture/routes',
        'e2e/labels',
        'e2e/checklist-items',
        'drift.spec.ts',
        'isolation/catalog.spec.ts',
        'errors-page',
      ];
      const tested = await run('test', '--', ...tests);
      expect(tested.said).toContain('Test Suites: 6 passed, 6 total');
      const written = Object.keys(project()).filter((path) => !(path in before));
      const sources = written.filter((path) => path.endsWith('.ts'));
      expect(sources).toHaveLength(22);
      for (const [program, args] of [
        ['ts7/bin/tsc', ['--noEmit', '-p', '.']],
        ['oxlint/bin/oxlint', sources],
        ['eslint/bin/eslint.js', sources.filter((path) => path.startsWith('src/'))],
        ['prettier/bin/prettier.cjs', ['--check', ...sources, 'src/modules/modules.ts']],
        ['dependency-cruiser/bin/dependency-cruiser.mjs', ['--output-type', 'err', 'src']],
      ] as const) {
        const command = [clone.file('node_modules', program), ...args];
        const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: clone.path, encoding: 'utf8' });
        expect([program, status, status === 0 ? '' : stdout + stderr]).toEqual([program, 0, '']);
      }

      expect((await remove('labels')).said).toContain('Rows of ChecklistItem refer to rows of Label.');
      expect((await remove('users')).code).toBe(1);
      git('init', '--quiet');
      git('add', 'prisma/migrations');
      git('commit', '--quiet', '--message', 'chore: migrations');
      const refused = await remove('checklist-items');
      expect(refused.said).toMatch(/prisma\/migrations\/\d{14}_checklist_items is committed/);
      expect(existsSync(clone.file('src/modules/checklist-items'))).toBe(true);
      git('update-ref', '-d', 'HEAD');
      expect(await remove('checklist-items')).toMatchObject({ code: 0 });
      expect(await remove('labels')).toMatchObject({ code: 0 });
      expect(project()).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
