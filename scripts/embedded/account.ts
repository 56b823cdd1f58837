import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A system user that PostgreSQL runs as. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/**
 * Returns `postgres` or `nobody` if this process is root, since PostgreSQL refuses to run as root. `null`: the current
 * user.
 */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const user = users.find((fields) => fields[0] === name);
    if (user) return { name, uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(`PostgreSQL cannot run as root, and this system has neither of the users ${CANDIDATES.join(', ')}.`);
}

/**
 * Returns whether `account` can enter `folder`. Asks the operating system, so that access lists and mounts are
 * considered.
 */
export function canEnter(account: Account | null, folder: string): boolean {
  if (!account) return true;
  const { status, error } = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  if (error) throw new Error(`Cannot run a program as ${account.name}: ${error.message}`, { cause: error });
  return status === 0;
}
