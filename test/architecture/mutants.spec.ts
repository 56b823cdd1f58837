import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';
import { MUTANTS } from '../mutants/mutants.js';

describe('The mutants of the tenancy layer', () => {
  it.each(MUTANTS)('$name: the text that it changes is there', ({ file, from }) => {
    expect(readFileSync(join(packageRoot(), file), 'utf8')).toContain(from);
  });
});
