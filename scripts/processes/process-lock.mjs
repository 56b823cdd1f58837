import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAlive, processIdentity } from './process-identity.mjs';

const POLL_MS = 50;
const SAY_AFTER_MS = 2000;

/**
 * Runs `action` while this process holds the lock file `path`; others wait. The lock of a process that was killed is
 * removed, which is detected by its process number and start time. Not reentrant.
 *
 * Removal is itself exclusive: a process that wants to remove the lock of a dead holder first takes a lock named after
 * that holder (which may in turn belong to a dead process, and so on), and checks again. So a lock that another process
 * has taken in the meantime is never removed.
 *
 * @template T
 * @param {string} path
 * @param {() => T | Promise<T>} action
 * @param {{ onWait?: (pid: number) => void }} [options] `onWait` is called once when it takes longer than two seconds.
 * @returns {Promise<T>}
 */
export async function withLock(path, action, options = {}) {
  const release = await acquire(path, options);
  try {
    return await action();
  } finally {
    release();
  }
}

async function acquire(path, { onWait } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const me = { pid: process.pid, identity: processIdentity(process.pid), nonce: randomBytes(8).toString('hex') };
  const draft = `${path}.${me.nonce}`;
  // Written to a temporary file and linked, so that a lock file is never seen without its holder.
  writeFileSync(draft, JSON.stringify(me), { mode: 0o644 });
  try {
    for (let waited = 0; ; waited += POLL_MS) {
      if (tryLink(draft, path)) return () => rmSync(path, { force: true });
      const holder = readHolder(path);
      if (holder && !isAlive(holder)) {
        await takeAway(path, holder);
        continue;
      }
      if (holder && waited === SAY_AFTER_MS) onWait?.(holder.pid);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

async function takeAway(path, dead) {
  const release = await acquire(`${path}.of-${dead.nonce}`);
  try {
    if (readHolder(path)?.nonce === dead.nonce) rmSync(path, { force: true });
  } finally {
    release();
  }
}

function tryLink(draft, path) {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
