import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';
import { sourceFiles } from './source-files.js';

describe('The page on the architecture', () => {
  it('names files that exist', () => {
    const page = readFileSync(join(packageRoot(), 'docs/architecture.md'), 'utf8');
    const named = [...page.matchAll(/`(?:[\w./-]*\/)?([\w.-]+\.ts)`/g)].map(([, file]) => file!);
    const existing = new Set(sourceFiles(['src'], ['.ts']).map(({ path }) => basename(path)));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((file) => !existing.has(file))).toEqual([]);
  });
});
