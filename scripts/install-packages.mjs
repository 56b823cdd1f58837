// Installs the packages in package-lock.json. Plain JavaScript without dependencies for Node 18 and newer, like the
// bootstrap.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { exitCodeOf } from './processes/child-process.mjs';
import { isAlive, processIdentity } from './processes/process-identity.mjs';
import { withLock } from './processes/process-lock.mjs';
import { onStopSignals } from './processes/stop-signals.mjs';
import { say, step } from './progress.mjs';

const POLL_MS = 100;
/**
 * When stopped, npm first completes unpacking, which takes minutes on a slow disk. That is not needed, since `npm ci`
 * starts over.
 */
const STOP_GRACE_MS = 3000;
const NPM_ARGUMENTS = [
  'ci',
  // No package needs its install script.
  '--ignore-scripts',
  // Even under NODE_ENV=production: development packages build the application.
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

/** The installation was interrupted or failed; the reason has already been printed. */
export class InstallationEnded extends Error {
  constructor(exitCode) {
    super(`The installation ended with exit code ${exitCode}.`);
    this.exitCode = exitCode;
  }
}

/**
 * Installs the packages unless those in the lock file are already installed. One installation at a time works on the
 * clone, and an interrupted one ends before the next starts.
 * @param {string} root the clone's folder
 * @param {() => void} [whenInstalled] called before the installation counts as complete.
 * @throws {InstallationEnded}
 */
export async function installPackages(root, whenInstalled = () => undefined) {
  const lockFile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const wanted = createHash('sha256').update(lockFile).digest('hex');
  const stamp = join(root, 'node_modules', '.tenantry-installed');
  const isStamped = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isStamped()) return;
  const onWait = (pid) => say(`Waiting for another installation (process ${pid}) …`);
  const install = async () => {
    await abandonedNpm(root, onWait);
    if (isStamped()) return;
    if (!matchesInstalled(root, JSON.parse(lockFile))) {
      const title = 'Installing packages, about 800 MB with PostgreSQL and Node.js (a minute or two the first time)';
      await step(title, () => runNpm(root));
    }
    whenInstalled();
    writeFileSync(stamp, wanted);
  };
  await withLock(join(root, '.data', 'install.lock'), install, { onWait });
}

/** Also recognizes a manual `npm ci`: npm records in node_modules what it has installed. */
function matchesInstalled(root, lock) {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === wanted.version : Boolean(wanted.optional);
  });
}

/**
 * npm gets a process group of its own, so that Ctrl-C of the terminal reaches it only through this process. It has
 * always ended when this returns or throws, so that the lock is never held for an npm that still runs.
 */
async function runNpm(root) {
  const child = startNpm(root);
  writeRecord(root, child.pid);
  let stoppedBy = null;
  let lastResort;
  const ignoreSignals = onStopSignals((signal, forced) => {
    if (stoppedBy === null) say('Stopping the installation …');
    stoppedBy ??= signal;
    killGroup(child, forced ? 'SIGKILL' : 'SIGTERM');
    lastResort ??= setTimeout(() => killGroup(child, 'SIGKILL'), STOP_GRACE_MS);
  });
  try {
    const code = await exitCodeOf(child);
    if (stoppedBy !== null) throw new InstallationEnded(128 + constants.signals[stoppedBy]);
    if (code === 0) return;
    say('npm could not install the packages; its messages are above.');
    throw new InstallationEnded(code);
  } finally {
    clearTimeout(lastResort);
    ignoreSignals();
    rmSync(recordOf(root), { force: true });
  }
}

function startNpm(root) {
  const options = { cwd: root, stdio: ['ignore', 2, 2], detached: process.platform !== 'win32' };
  const npm = process.env.npm_execpath;
  if (npm && /npm-cli\.[cm]?js$/.test(npm)) return spawn(process.execPath, [npm, ...NPM_ARGUMENTS], options);
  return spawn('npm', NPM_ARGUMENTS, { ...options, shell: process.platform === 'win32' });
}

function killGroup(child, signal) {
  if (child.pid === undefined || process.platform === 'win32') return child.kill(signal);
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // it has ended by itself
  }
}

/** Waits for the npm of an installation that was killed: two of them would delete each other's folders. */
async function abandonedNpm(root, onWait) {
  const record = readRecord(root);
  if (record === null) return;
  if (isAlive(record)) onWait(record.pid);
  while (isAlive(record)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  rmSync(recordOf(root), { force: true });
}

function recordOf(root) {
  return join(root, '.data', 'install.npm');
}

function writeRecord(root, pid) {
  if (pid === undefined) return; // it did not start
  mkdirSync(dirname(recordOf(root)), { recursive: true });
  writeFileSync(recordOf(root), JSON.stringify({ pid, identity: processIdentity(pid) }));
}

function readRecord(root) {
  if (!existsSync(recordOf(root))) return null;
  try {
    return JSON.parse(readFileSync(recordOf(root), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null; // we were killed while we wrote it
    throw error;
  }
}
