// The entry point of every npm script. Plain JavaScript without dependencies for Node 18 and newer: it installs the
// packages, among them the Node version that everything else needs, and starts the command with it.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileTroubleOf } from './file-trouble.mjs';
import { InstallationEnded, installPackages } from './install-packages.mjs';
import { exitCodeOf, spawnNode } from './processes/child-process.mjs';
import { say } from './progress.mjs';
import { onStopSignals } from './processes/stop-signals.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const NEEDED = [24, 9];
const PARENT_POLL_MS = 500;

async function main() {
  await installPackages(ROOT, removeUnusableNode);
  const node = findNode();
  if (!node) {
    say(
      `Tenantry needs Node ${NEEDED.join('.')} or newer, and none is bundled for ${process.platform}-${process.arch}: install it from https://nodejs.org.`,
    );
    return 1;
  }
  const args = [join(ROOT, 'scripts', 'cli.ts'), ...process.argv.slice(2)];
  if (node === process.execPath) {
    process.argv.splice(1, process.argv.length - 1, ...args);
    await import('./cli.ts');
    return undefined; // the command sets the exit code
  }
  const child = spawnNode(node, args);
  onStopSignals((signal) => child.kill(signal));
  return exitCodeOf(child);
}

function packagedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(MODULES, `node-${platform}-${process.arch}`, 'bin', file);
}

/** On musl the glibc build gets installed but does not run; on npm's path it would hide the system's Node. */
function removeUnusableNode() {
  if (existsSync(packagedNode()) && !runs(packagedNode())) rmSync(join(MODULES, '.bin', 'node'), { force: true });
}

function findNode() {
  if (isEnough(process.versions.node)) return process.execPath;
  return existsSync(packagedNode()) && runs(packagedNode()) ? packagedNode() : null;
}

function runs(node) {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 && isEnough(stdout.trim().slice(1));
}

function isEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/**
 * If the parent of a process under npm is gone, npm (or its shell) was killed, and nobody would ever stop this process.
 * A child of a terminal or a service manager, on the other hand, may well outlive its parent.
 */
function leaveWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS);
  watch.unref();
}

leaveWithNpm();
const code = await main().catch((error) => {
  if (error instanceof InstallationEnded) return error.exitCode;
  const trouble = fileTroubleOf(error);
  if (trouble === null) throw error;
  say(trouble);
  return 1;
});
if (code !== undefined) process.exitCode = code;
