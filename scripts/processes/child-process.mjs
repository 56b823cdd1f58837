import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const LEAVE_WITH_PARENT = new URL('leave-with-parent.mjs', import.meta.url).href;

/**
 * Starts a Node program in a process group of its own, so that a signal to our group (Ctrl-C) reaches it only through
 * this process, once. If this process is killed, the child notices (see leave-with-parent.mjs) and stops.
 * @param {string} node
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function spawnNode(node, args, options = {}) {
  return spawn(node, ['--import', LEAVE_WITH_PARENT, ...args], {
    ...options,
    env: { ...(options.env ?? process.env), TENANTRY_PARENT_PID: String(process.pid) },
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
}

/**
 * Resolves with the child's exit code, or 128 + the number of the signal that ended it.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
export function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
