import { WindowCounters, WINDOW_MS } from './window-counters.js';

describe('WindowCounters', () => {
  let now: number;
  const counters = (maxKeys = 100): WindowCounters => new WindowCounters(maxKeys, () => now);

  beforeEach(() => {
    now = 1_000 * WINDOW_MS;
  });

  it('allows up to the limit and says what remains', () => {
    const counts = counters();
    now += 15_000;
    expect(counts.take('a', 2)).toEqual({ allowed: true, limit: 2, remaining: 1, resetMs: 45_000 });
    expect(counts.take('a', 2)).toMatchObject({ allowed: true, remaining: 0 });
    expect(counts.take('a', 2)).toMatchObject({ allowed: false, remaining: 0 });
    expect(counts.take('b', 2)).toMatchObject({ allowed: true });
  });

  it('starts anew in the next window', () => {
    const counts = counters();
    counts.take('a', 1);
    now += WINDOW_MS;
    expect(counts.take('a', 1)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('does not count what it refuses', () => {
    const counts = counters();
    for (let i = 0; i < 5; i++) counts.take('a', 1);
    expect(counts.drain(10)).toEqual([{ key: 'a', windowStart: now, count: 1 }]);
  });

  it('adds what other processes counted', () => {
    const counts = counters();
    counts.take('a', 10);
    const [reported] = counts.drain(10);
    counts.take('a', 10);
    counts.reconcile([{ ...reported!, count: 8 }]);
    expect(counts.take('a', 10)).toMatchObject({ allowed: true, remaining: 0 });
    expect(counts.take('a', 10)).toMatchObject({ allowed: false });
  });

  it('keeps counting while a report is under way and after it failed', () => {
    const counts = counters();
    counts.take('a', 3);
    const reported = counts.drain(10);
    expect(counts.take('a', 3)).toMatchObject({ remaining: 1 });
    counts.putBack(reported);
    expect(counts.take('a', 3)).toMatchObject({ remaining: 0 });
    expect(counts.drain(10)).toEqual([{ key: 'a', windowStart: now, count: 3 }]);
  });

  it('ignores totals of a window that is over', () => {
    const counts = counters();
    counts.take('a', 10);
    const reported = counts.drain(10);
    now += WINDOW_MS;
    counts.take('a', 10);
    counts.reconcile([{ ...reported[0]!, count: 10 }]);
    counts.putBack(reported);
    expect(counts.take('a', 10)).toMatchObject({ remaining: 8 });
  });

  it('reports in portions', () => {
    const counts = counters();
    for (const key of ['a', 'b', 'c']) counts.take(key, 10);
    expect(counts.drain(2).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(counts.drain(2).map(({ key }) => key)).toEqual(['c']);
    expect(counts.drain(2)).toEqual([]);
  });

  it('holds a bounded number of keys and forgets the one unused for longest', () => {
    const counts = counters(2);
    counts.take('a', 1);
    counts.take('b', 1);
    counts.take('a', 1);
    counts.take('c', 1);
    expect(counts.size).toBe(2);
    expect(counts.take('a', 1)).toMatchObject({ allowed: false });
    expect(counts.take('b', 1)).toMatchObject({ allowed: true });
  });

  it('sweeps windows that are over', () => {
    const counts = counters();
    counts.take('a', 1);
    now += WINDOW_MS;
    counts.take('b', 1);
    counts.sweep();
    expect(counts.size).toBe(1);
  });
});
