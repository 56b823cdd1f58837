import { UnavailableError } from '../errors/app-error.js';
import { FairQueue } from './fair-queue.js';

/** A task that ends when `end` is called. */
function controlled(log: string[], name: string): { task: () => Promise<string>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    task: async () => {
      log.push(name);
      await promise;
      return name;
    },
    end: resolve,
  };
}

/** Waits until everything that is ready has run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('FairQueue', () => {
  it('gives a lane that comes later its turn before the rest of a longer one', async () => {
    const log: string[] = [];
    const queue = new FairQueue({ concurrency: 1, concurrencyPerLane: 1, maxWaiting: 10, maxWaitingPerLane: 10 });
    const tasks = ['a1', 'a2', 'a3', 'b1'].map((name) => ({ name, ...controlled(log, name) }));
    const done = tasks.map(({ name, task }) => queue.run(name[0]!, task));

    for (const { end } of tasks) end();
    await Promise.all(done);

    expect(log).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('never runs more than its limits, for all lanes and for one', async () => {
    const log: string[] = [];
    const queue = new FairQueue({ concurrency: 3, concurrencyPerLane: 2, maxWaiting: 10, maxWaitingPerLane: 10 });
    const tasks = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => ({ name, ...controlled(log, name) }));
    const done = tasks.map(({ name, task }) => queue.run(name[0]!, task));
    await settle();

    expect(log).toEqual(['a1', 'a2', 'b1']);

    for (const { end } of tasks) end();
    await expect(Promise.all(done)).resolves.toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
  });

  it('refuses what does not fit, and only that', async () => {
    const log: string[] = [];
    const queue = new FairQueue({ concurrency: 1, concurrencyPerLane: 1, maxWaiting: 2, maxWaitingPerLane: 1 });
    const first = controlled(log, 'a1');
    const running = queue.run('a', first.task);
    const waiting = queue.run('a', async () => 'a2');

    await expect(queue.run('a', async () => 'a3')).rejects.toThrow(UnavailableError);
    const other = queue.run('b', async () => 'b1');
    await expect(queue.run('c', async () => 'c1')).rejects.toThrow(UnavailableError);

    first.end();
    await expect(Promise.all([running, waiting, other])).resolves.toEqual(['a1', 'a2', 'b1']);
    await expect(queue.run('c', async () => 'c1')).resolves.toBe('c1');
  });

  it('goes on after a task that fails', async () => {
    const queue = new FairQueue({ concurrency: 1, concurrencyPerLane: 1, maxWaiting: 2, maxWaitingPerLane: 2 });
    const failing = queue.run('a', () => Promise.reject(new Error('no')));
    const next = queue.run('a', async () => 'next');

    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('next');
  });
});
