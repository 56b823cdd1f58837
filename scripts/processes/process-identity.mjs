import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Returns a string that is constant for the life of process `pid` and differs for any later process with the same
 * number; `null` if no such process runs (a zombie does not count). Plain JavaScript without dependencies, because the
 * bootstrap needs it before anything is installed, on whatever Node version the system has.
 * @param {number} pid
 * @returns {string | null}
 */
export function processIdentity(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === 'linux') return linuxIdentity(pid);
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? null : started;
  } catch {
    return null; // ps exits with 1 when there is no such process
  }
}

function linuxIdentity(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    // Ticks since boot are unique only in combination with the boot id.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}

/**
 * Returns whether the recorded process still runs, and not another one with the same number.
 * @param {{ pid: number, identity: string | null }} recorded
 */
export function isAlive(recorded) {
  const identity = processIdentity(recorded.pid);
  return identity !== null && identity === recorded.identity;
}
