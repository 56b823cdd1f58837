import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processIdentity } from '../../scripts/processes/process-identity.mjs';
import { withLock } from '../../scripts/processes/process-lock.mjs';
import { ScriptProcess } from '../support/script-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const USER = join(import.meta.dirname, 'lock-user.ts');

describe('a lock between processes', () => {
  const folder = temporaryFolder();
  const lock = join(folder.path, 'some', 'lock');
  const counter = join(folder.path, 'counter');
  const user = (times: string): ScriptProcess => new ScriptProcess(process.execPath, [USER, lock, counter, times]);
  afterAll(() => folder.remove());

  it('lets one process in at a time, and leaves nothing behind', async () => {
    writeFileSync(counter, '0');
    const users = ['20', '20', '20'].map(user);
    expect(await Promise.all(users.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(readFileSync(counter, 'utf8')).toBe('60');
    expect(readdirSync(join(folder.path, 'some'))).toEqual([]);
  });

  it('is taken over from a holder that was killed, by one of those who wait', async () => {
    writeFileSync(counter, '0');
    const holder = user('hang');
    await holder.line(/held/);
    const waiting = ['1', '1', '1', '1'].map(user);
    holder.child.kill('SIGKILL');
    expect(await Promise.all(waiting.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    expect(readFileSync(counter, 'utf8')).toBe('4');
    expect(readdirSync(join(folder.path, 'some')).filter((name) => !name.startsWith('lock.'))).toEqual([]);
  });

  it('is not taken from a living holder, and is given back when the action fails', async () => {
    let isFree = false;
    const failing = withLock(lock, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      isFree = true;
      throw new Error('the action failed');
    });
    const second = withLock(lock, () => expect(isFree).toBe(true));
    await expect(failing).rejects.toThrow('the action failed');
    await second;
  });

  it('tells a process from a later one with the same number', () => {
    const me = { pid: process.pid, identity: processIdentity(process.pid) };
    expect(isAlive(me)).toBe(true);
    expect(isAlive({ ...me, identity: 'another boot:1' })).toBe(false);
    expect(processIdentity(2 ** 22 + 1)).toBeNull();
  });
});
