import { join } from 'node:path';
import { ScriptProcess } from '../support/script-process.js';

const COUNTER = join(import.meta.dirname, 'signal-counter.ts');

describe('requests to stop', () => {
  async function started(): Promise<ScriptProcess> {
    const counter = new ScriptProcess(process.execPath, [COUNTER]);
    await counter.line(/ready/);
    return counter;
  }
  /** Signals are handled in order with input: after the echo, everything before it was handled. */
  async function settled(counter: ScriptProcess, word: string): Promise<string[]> {
    counter.say(word);
    await counter.line(new RegExp(`echo ${word}`));
    return counter.lines.filter((line) => line.startsWith('SIG'));
  }

  it('counts the two SIGINT of one Ctrl-C under npm as one, and forces at the next', async () => {
    const counter = await started();
    counter.child.kill('SIGINT');
    await counter.line(/SIGINT/);
    counter.child.kill('SIGINT');
    expect(await settled(counter, 'first')).toEqual(['SIGINT']);
    // A person presses Ctrl-C again until it works.
    const again = setInterval(() => counter.child.kill('SIGINT'), 100);
    await counter.ended;
    clearInterval(again);
    expect(counter.lines.filter((line) => line.startsWith('SIG'))).toEqual(['SIGINT', 'SIGINT forced']);
  });

  it('ignores SIGTERM after the first, however often it comes', async () => {
    const counter = await started();
    counter.child.kill('SIGTERM');
    await counter.line(/SIGTERM/);
    for (let repeat = 0; repeat < 5; repeat += 1) {
      counter.child.kill('SIGTERM');
      expect(await settled(counter, `repeat${repeat}`)).toEqual(['SIGTERM']);
    }
    counter.child.kill('SIGKILL');
    await counter.ended;
  });
});
