import { retryDelayMs } from './retry-delay.js';

const POLICY = { maxAttempts: 5, delayMs: 100, backoffMultiplier: 3, jitterMs: 50 };

describe('The delay before a retry', () => {
  it('grows by the multiplier with each attempt', () => {
    expect([1, 2, 3].map((attempt) => retryDelayMs(POLICY, attempt, 0))).toEqual([100, 300, 900]);
  });

  it('is spread by the jitter', () => {
    expect(retryDelayMs(POLICY, 1, 0.5)).toBe(125);
    expect(retryDelayMs(POLICY, 1, 1)).toBe(150);
  });

  it('is a day at most', () => {
    expect(retryDelayMs({ ...POLICY, backoffMultiplier: 1000 }, 9, 0)).toBe(86_400_000);
  });
});
