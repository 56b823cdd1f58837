import { execFile, spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/common/config/package-root.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ROOT = packageRoot();
const SWC = join(ROOT, 'node_modules/@swc/cli/bin/swc.js');
const USER = join(ROOT, 'test/support/sandbox-user.mjs');

describe('The compiled sandbox', () => {
  const { path: folder, remove } = temporaryFolder();
  const dist = join(folder, 'dist');

  beforeAll(async () => {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const sources = ['src/modules/scripting/sandbox', 'src/common/values'];
    const args = [SWC, ...sources, '-d', dist, '--ignore', '**/*.spec.ts', '--copy-files'];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' } });
  });

  afterAll(remove);

  it('runs scripts, and ends by itself when the program is killed in the middle of one', async () => {
    const program = spawn(process.execPath, [USER, dist], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
    const { value } = (await lines.next()) as { value: string };
    const { results, pid } = JSON.parse(value) as { results: string[]; pid: number };
    expect(results).toEqual(['[1]', '2']);
    program.kill('SIGKILL');
    await gone(pid);
  });
});

/** Until there is no process of that id any more; the test's own time limit ends the wait. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
