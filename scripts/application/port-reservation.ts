import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { isAlive, processIdentity, type RecordedProcess } from '../processes/process-identity.mjs';
import { withLock } from '../processes/process-lock.mjs';

// Shared by all clones of this user: several seconds pass between choosing a port and listening on it, in which another
// clone that starts would also find it free.
const FOLDER = join(tmpdir(), `tenantry-ports-${userInfo().uid}`);

/**
 * Lets one process at a time choose ports.
 * @param action `isReserved` returns whether another process has chosen the port but may not use it yet.
 */
export function reservingPorts<T>(action: (isReserved: (port: number) => boolean) => Promise<T>): Promise<T> {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  return withLock(join(FOLDER, 'lock'), () => {
    const reserved = livingReservations();
    return action((port) => reserved.has(port));
  });
}

/** Reserves a port for this process until it ends. Call within `reservingPorts`. */
export function reservePort(port: number): void {
  const record: RecordedProcess = { pid: process.pid, identity: processIdentity(process.pid) };
  writeFileSync(join(FOLDER, String(port)), JSON.stringify(record));
}

function livingReservations(): Set<number> {
  const ports = readdirSync(FOLDER).filter((name) => /^\d+$/.test(name));
  const living = ports.filter((name) => {
    const file = join(FOLDER, name);
    if (isAlive(JSON.parse(readFileSync(file, 'utf8')) as RecordedProcess)) return true;
    rmSync(file, { force: true });
    return false;
  });
  return new Set(living.map(Number));
}
