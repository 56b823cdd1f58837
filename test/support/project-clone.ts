import { cpSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../../scripts/project.ts';
import { ScriptProcess } from './script-process.js';
import { temporaryFolder } from './temporary-folder.js';

const NOT_IN_A_CLONE = ['node_modules', 'dist', 'generated', 'coverage', '.git', '.data', '.env'];
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR'];

/** A clone of the project in a folder of its own, as it is after the packages were installed. */
export class ProjectClone {
  readonly path: string;
  private readonly folder = temporaryFolder();
  private readonly running = new Set<ScriptProcess>();

  constructor() {
    this.path = join(this.folder.path, 'clone');
    cpSync(ROOT, this.path, {
      recursive: true,
      filter: (path) => path === ROOT || !NOT_IN_A_CLONE.includes(basename(path)),
    });
    symlinkSync(join(ROOT, 'node_modules'), join(this.path, 'node_modules'));
  }

  /** Absolute path of a file of the clone. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Runs npm in the clone, in a process group of its own and without the environment of the tests. */
  npm(args: string[], environment: NodeJS.ProcessEnv = {}): ScriptProcess {
    const inherited = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]));
    const options = { cwd: this.path, env: { ...inherited, ...environment }, detached: true };
    const command = new ScriptProcess('npm', args, options);
    this.running.add(command);
    return command;
  }

  /** Asks everything that still runs to stop, and waits for it. */
  async stopAll(): Promise<void> {
    for (const command of this.running) command.child.kill('SIGTERM');
    await Promise.all([...this.running].map(({ ended }) => ended));
    this.running.clear();
  }

  remove(): void {
    this.folder.remove();
  }
}
