import { backOffMs, retrying } from './back-off.js';

describe('The pause between attempts', () => {
  it('doubles with each attempt, or grows by its factor', () => {
    expect([1, 2, 3].map((attempt) => backOffMs({ firstMs: 10 }, attempt))).toEqual([10, 20, 40]);
    expect([1, 2, 3].map((attempt) => backOffMs({ firstMs: 10, factor: 4 }, attempt))).toEqual([10, 40, 160]);
  });

  it('stays within its bound', () => {
    expect(backOffMs({ firstMs: 10, maxMs: 30 }, 3)).toBe(30);
    expect(backOffMs({ firstMs: 10, maxMs: 30 }, 5000)).toBe(30);
  });

  it('is spread around what it would be, at the bound as well', () => {
    const pauses = { firstMs: 10, maxMs: 30, spread: true };
    expect([0, 0.5, 1].map((random) => backOffMs(pauses, 1, random))).toEqual([5, 10, 15]);
    expect([0, 0.5, 1].map((random) => backOffMs(pauses, 9, random))).toEqual([15, 30, 45]);
  });
});

describe('Work that is tried again', () => {
  const failing = (times: number) => {
    let attempts = 0;
    return async () => {
      attempts += 1;
      if (attempts <= times) throw new Error(`failure ${attempts}`);
      return attempts;
    };
  };

  it('ends with the first success', async () => {
    await expect(retrying(failing(2), () => true, { firstMs: 1 })).resolves.toBe(3);
  });

  it('ends with the first error after which it may not be tried again', async () => {
    const seen: unknown[] = [];
    const mayTryAgain = (error: unknown, elapsedMs: number): boolean => {
      expect(elapsedMs).toBeGreaterThanOrEqual(0);
      return seen.push(error) < 2;
    };
    await expect(retrying(failing(5), mayTryAgain, { firstMs: 1 })).rejects.toThrow('failure 2');
    expect(seen).toHaveLength(2);
  });
});
