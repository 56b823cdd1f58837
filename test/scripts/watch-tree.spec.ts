import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchTree } from '../../scripts/application/watch-tree.ts';
import { eventually } from '../support/eventually.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('the watch over sources', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  const noticed = new Set<string>();
  let close: () => void;

  beforeEach(() => {
    mkdirSync(at('a', 'b'), { recursive: true });
    mkdirSync(at('generated'), { recursive: true });
    writeFileSync(at('a', 'b', 'f.ts'), '1');
    noticed.clear();
    close = watchTree(
      folder.path,
      (path) => noticed.add(path),
      (path) => path === at('generated'),
    );
  });
  afterEach(() => {
    close();
    rmSync(at('a'), { recursive: true });
  });
  afterAll(() => folder.remove());

  /** Does it, and expects to be told of `path`. */
  async function tellsOf(path: string, change: () => void): Promise<void> {
    noticed.clear();
    change();
    await eventually(
      () => noticed.has(path),
      (told) => told,
    );
    expect([...noticed]).toContain(path);
  }
  const replace = (path: string): void => {
    writeFileSync(`${path}.new`, 'replaced');
    renameSync(`${path}.new`, path);
  };

  it('tells of a file again and again, however it is written', async () => {
    const file = at('a', 'b', 'f.ts');
    await tellsOf(file, () => appendFileSync(file, '2'));
    await tellsOf(file, () => replace(file));
    await tellsOf(file, () => appendFileSync(file, '3'));
    await tellsOf(file, () => rmSync(file));
    await tellsOf(file, () => writeFileSync(file, '4'));
  });

  it('tells of files in folders that came later, or took the place of others', async () => {
    await tellsOf(at('a', 'c'), () => mkdirSync(at('a', 'c')));
    await tellsOf(at('a', 'c', 'g.ts'), () => writeFileSync(at('a', 'c', 'g.ts'), '1'));
    rmSync(at('a', 'b'), { recursive: true });
    await tellsOf(at('a', 'b'), () => renameSync(at('a', 'c'), at('a', 'b')));
    await tellsOf(at('a', 'b', 'g.ts'), () => appendFileSync(at('a', 'b', 'g.ts'), '2'));
  });

  it('does not look into what it is told to skip', async () => {
    writeFileSync(at('generated', 'x.ts'), '1');
    await tellsOf(at('a', 'b', 'f.ts'), () => appendFileSync(at('a', 'b', 'f.ts'), '2'));
    expect([...noticed].filter((path) => path.includes('generated'))).toEqual([]);
  });
});
