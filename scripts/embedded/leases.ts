import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processIdentity, type RecordedProcess } from '../processes/process-identity.mjs';

const SUFFIX = '.lease';

/** Records that process `pid` needs the server; returns the lease's file. Call under the lock. */
export function addLease(folder: string, pid: number): string {
  mkdirSync(folder, { recursive: true });
  const lease = join(folder, `${pid}-${randomBytes(4).toString('hex')}${SUFFIX}`);
  const record: RecordedProcess = { pid, identity: processIdentity(pid) };
  writeFileSync(`${lease}.part`, JSON.stringify(record));
  renameSync(`${lease}.part`, lease);
  return lease;
}

/** Returns how many live processes hold a lease, and removes the leases of dead ones. Call under the lock. */
export function countLeases(folder: string): number {
  let count = 0;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (name.endsWith(SUFFIX) && isAlive(JSON.parse(readFileSync(file, 'utf8')) as RecordedProcess)) count += 1;
    else rmSync(file, { force: true });
  }
  return count;
}
